"""Whose act each command on a partnership is: one side's alone, anybody's under the own side's name, or both sides' work.

Every route that a delegate may write to is in exactly one of the three tables.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from services.registry.domain.sides import other
from tests.registry.partnership_story import PartnershipStory

TODAY = "2026-03-02"
MEETING = {"activity_type": "joint_meeting", "meetings": 2}
ACTIVITY = {"title": "T", "lead": "L", "source": "S", "facts": MEETING}
GROUP = {"name": "G", "departments": [{"code": "aid", "name": "Aid", "part": "lead"}]}
WORDS = {"words": "W"}
REPORT = {**WORDS, "evidence": [{"kind": "document", "title": "T"}]}


class Both(PartnershipStory):
    """A partnership in which both sides speak, with a component in force."""

    component_id, held = "", ""

    def who(self, side: str) -> Any:
        """The delegate of a side."""
        return self.host if side == "host" else self.partner

    async def entered(self, side: str, kind: str, body: dict[str, Any]) -> str:
        """Something new of a side; its id."""
        return str((await self.did(self.who(side), f"partnerships/{self.id}/{kind}", body, 201))["id"])

    async def owed(self, owner: str, by: str, *steps: tuple[str, str, dict[str, Any]]) -> str:
        """A commitment that a side proposed, and what was done with it by whom."""
        found = await self.commitment(self.who(by), owner)
        for step, side, body in steps:
            await self.did(self.who(side), f"commitments/{found}/{step}", body)
        return f"commitments/{found}"

    async def planned(self, *, held: bool = False, by: str = "host") -> str:
        """A round with an item of a side on its agenda, held or not."""
        found = await self.entered(by, "dialogue-rounds", {"level": "expert", "scheduled_on": TODAY})
        path = f"dialogue-rounds/{found}"
        await self.did(self.who(by), f"{path}/agenda-items", {"title": "Readmission"})
        if held:
            for side in ("host", "partner"):
                await self.approved(self.who(side), found, "agenda")
            await self.did(self.host, f"{path}/holding", {"on": TODAY})
            await self.did(self.host, f"{path}/minutes", {"minutes": [{"language": "en", "text": "M"}]})
        return path

    async def item(self, owner: str, *, done: bool = False) -> str:
        """Something that a side is to do after a round."""
        body = {"title": "T", "owner_side": owner, "due_on": "2026-05-01"}
        self.held = self.held or await self.planned(held=True)
        found = (await self.did(self.host, f"{self.held}/action-items", body, 201))["id"]
        if done:
            await self.did(self.who(owner), f"action-items/{found}/completion", {"on": TODAY})
        return f"action-items/{found}"


Ready = Callable[[Both, str], Awaitable[str]]
HIDDEN, NOT_THEIR_STEP, NOT_THEIR_SIDE = (404, "not-found"), (409, "transition-not-allowed"), (403, "not-your-side")


@dataclass(frozen=True)
class Act:
    """What one side alone may do: `ready` makes the thing ripe for it and names it; `refused` is said to the other."""

    ready: Ready
    refused: tuple[int, str]
    body: Callable[[Both, str], dict[str, Any]] = field(default=lambda story, side: {})


async def _proposed_by_other(story: Both, side: str) -> str:
    return await story.owed(side, other(side))


async def _proposed(story: Both, side: str) -> str:
    return await story.owed(side, side)


async def _owed_by(story: Both, side: str) -> str:
    return await story.owed(side, side, ("agreement", other(side), {}))


async def _reported_by_other(story: Both, side: str) -> str:
    owner = other(side)
    return await story.owed(owner, owner, ("agreement", side, {}), ("report", owner, REPORT))


async def _confirmed(story: Both, side: str) -> str:
    path = await _reported_by_other(story, side)
    await story.did(story.who(side), f"{path}/confirmation")
    return path


async def _asked_of(story: Both, side: str) -> str:
    return f"questions/{await story.entered(other(side), 'questions', {'question': 'How many?'})}"


async def _asked_by(story: Both, side: str) -> str:
    return f"questions/{await story.entered(side, 'questions', {'question': 'How many?'})}"


async def _interest(story: Both, side: str) -> str:
    return f"interests/{await story.entered(side, 'interests', {'statement': 'Ours', 'priority': 'high'})}"


async def _released(story: Both, side: str) -> str:
    path = await _interest(story, side)
    await story.did(story.who(side), f"{path}/release")
    return path


async def _group(story: Both, side: str) -> str:
    return f"working-groups/{await story.entered(side, 'working-groups', GROUP)}"


async def _activity(story: Both, side: str) -> str:
    path = f"components/{story.component_id}/activities"
    return f"activities/{(await story.did(story.who(side), path, ACTIVITY, 201))['id']}"


async def _component_of_other(story: Both, side: str) -> str:
    return f"components/{await story.entered(other(side), 'components', {'component_type': 'dialogue'})}"


async def _agenda_item(story: Both, side: str) -> str:
    path = await story.planned(by=side)
    shown = await story.read(story.who(side), path)
    return f"{path}/agenda-items/{shown['agenda'][0]['item_id']}"


async def _partnership(story: Both, side: str) -> str:
    return f"partnerships/{story.id}"


def _lead(story: Both, side: str) -> dict[str, Any]:
    return {f"lead_{side}": "Ministry"}


def _stance(story: Both, side: str) -> dict[str, Any]:
    return {"component_id": story.component_id, "stance": "support", "reasoning": "R"}


OWN: dict[str, Act] = {
    "POST commitments/agreement": Act(_proposed_by_other, NOT_THEIR_STEP),
    "POST commitments/refusal": Act(_proposed_by_other, NOT_THEIR_STEP),
    "POST commitments/withdrawal": Act(_proposed, NOT_THEIR_STEP),
    "POST commitments/report": Act(_owed_by, NOT_THEIR_STEP, lambda story, side: REPORT),
    "POST commitments/confirmation": Act(_reported_by_other, NOT_THEIR_STEP),
    "POST commitments/dispute": Act(_reported_by_other, NOT_THEIR_STEP, lambda story, side: WORDS),
    "POST commitments/reconsideration": Act(_confirmed, NOT_THEIR_STEP),
    "POST commitments/waiver": Act(_reported_by_other, NOT_THEIR_STEP),
    "POST action-items/completion": Act(lambda story, side: story.item(side), NOT_THEIR_STEP),
    "POST action-items/waiver": Act(lambda story, side: story.item(other(side)), NOT_THEIR_STEP),
    "POST action-items/reopening": Act(lambda story, side: story.item(other(side), done=True), NOT_THEIR_STEP),
    "POST questions/answer": Act(_asked_of, NOT_THEIR_STEP, lambda story, side: {"answer": "Ten"}),
    "POST questions/withdrawal": Act(_asked_by, NOT_THEIR_STEP),
    "PATCH interests": Act(_interest, HIDDEN, lambda story, side: {"priority": "low"}),
    "POST interests/release": Act(_interest, HIDDEN),
    "POST interests/retraction": Act(_released, HIDDEN),
    "PATCH working-groups": Act(_group, HIDDEN, lambda story, side: {"departments": GROUP["departments"]}),
    "POST working-groups/decisions": Act(_group, HIDDEN, _stance),
    "POST working-groups/positions": Act(
        _group, HIDDEN, lambda story, side: {**_stance(story, side), "department": "aid"}
    ),
    "PATCH activities": Act(_activity, HIDDEN, lambda story, side: {"title": "U"}),
    "POST activities/withdrawal": Act(_activity, HIDDEN),
    "PATCH components": Act(_component_of_other, NOT_THEIR_SIDE, _lead),
    "POST components/transitions": Act(
        _component_of_other, NOT_THEIR_STEP, lambda story, side: {"status": "agreed", "on": "2026-03-01"}
    ),
    "POST partnerships/components": Act(
        _partnership, NOT_THEIR_SIDE, lambda story, side: {"component_type": "dialogue", **_lead(story, side)}
    ),
    "PATCH partnerships": Act(_partnership, NOT_THEIR_SIDE, _lead),
    "POST dialogue-rounds/agenda-items/withdrawal": Act(_agenda_item, HIDDEN),
}
"""By method and path without its ids."""


async def _in_force(story: Both) -> str:
    return f"components/{story.component_id}"


async def _part(story: Both) -> str:
    return f"partnerships/{story.id}"


SIGNED: dict[str, tuple[Callable[[Both], Awaitable[str]], dict[str, Any], str]] = {
    "POST partnerships/components": (_part, {"component_type": "dialogue"}, "proposed_by"),
    "POST partnerships/commitments": (
        _part,
        {"title": "T", "indicator": "I", "owner_side": "host", "due_on": "2026-06-30"},
        "proposed_by",
    ),
    "POST partnerships/dialogue-rounds": (_part, {"level": "expert", "scheduled_on": TODAY}, "called_by"),
    "POST partnerships/interests": (_part, {"statement": "Ours", "priority": "high"}, "side"),
    "POST partnerships/questions": (_part, {"question": "How many?"}, "asked_by"),
    "POST partnerships/working-groups": (_part, GROUP, "side"),
    "POST components/activities": (_in_force, ACTIVITY, "reported_by"),
    "POST components/views": (_in_force, {"standing": "on_track"}, "side"),
    "POST dialogue-rounds/agenda-approval": (lambda story: story.planned(), {}, "agenda_approved_by"),
    "POST dialogue-rounds/minutes-approval": (lambda story: story.planned(held=True), {}, "minutes_approved_by"),
    "POST dialogue-rounds/agenda-items": (lambda story: story.planned(), {"title": "Visas"}, "agenda"),
}
"""Where a side writes under its own name: what it writes to, the body, and the field that says who it was."""

UNSEEN: dict[str, Ready] = {"interests": _interest, "working-groups": _group}
"""What the other side does not see, by the list that it is in: before its own side has released it, or ever."""

JOINT = {
    "POST dialogue-rounds/holding": "a round counts as held when both have approved its agenda",
    "POST dialogue-rounds/cancellation": "either side may stay away from a meeting, whoever called it",
    "POST dialogue-rounds/minutes": "the minutes are joint: whatever one side changes takes both approvals away",
    "POST dialogue-rounds/action-items": "what comes out of a held round is written down by either side",
}
"""What is nobody's column, and why."""
