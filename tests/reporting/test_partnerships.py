"""A partnership in the figures: a column per side in its own words, who may see it, and nothing about cases."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from shared.testing.running import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="session")
EMPTY = dict.fromkeys(("owed", "reported_in_time", "reported_late", "overdue", "confirmed", "disputed", "waived"), 0)


class Sides:
    """Tells reporting what happens between two sides."""

    def __init__(self, service: RunningService) -> None:
        self.service, self.id = service, str(uuid4())

    async def tell(self, fact: str, key: str, **data: Any) -> None:
        await self.service.receive(f"registry.{fact}.v1", {"partnership_id": self.id, **data}, key=key)

    async def signed(self) -> None:
        parties = [{"code": code, "kind": "country", "roles": []} for code in ("GEO", "CHE")]
        await self.tell("partnership.signed", self.id, parties=parties, legal_form="memorandum", signed_on="2025-01-01")

    async def owed(self, side: str, due_on: str, *steps: tuple[str, str], outcome: str | None = None) -> None:
        """A commitment with the steps that followed, each with its day."""
        owed = {"commitment_id": str(uuid4()), "component_id": None, "owner_side": side, "due_on": due_on}
        reported = None
        for step, on in (("agreed", "2025-02-01"), *steps):
            reported = on if step == "reported" else reported
            more = {"outcome": outcome, "reported_on": reported, "disputes_count": 0} if step == "settled" else {}
            await self.tell(f"commitment.{step}", owed["commitment_id"], **owed, **more, on=on)

    async def done(
        self,
        activity_id: str,
        *,
        participants: int,
        revision: int = 1,
        spent: int | None = None,
        withdrawn: bool = False,
    ) -> None:
        fact = {"component_id": str(uuid4()), "component_type": "education_access", "activity_type": "scholarships"}
        money = {"spent_minor": spent, "currency": "CHF" if spent is not None else None}
        counted = {"participants_count": participants, "revision": revision, "figures": {}, "withdrawn": withdrawn}
        place: dict[str, Any] = {"countries": ["GEO"], "from_on": None, "to_on": None}
        await self.tell("activity.reported", activity_id, activity_id=activity_id, **fact, **money, **counted, **place)

    async def page(self, role: str = "statistician", expect: int = 200, **claims: Any) -> dict[str, Any]:
        answer = await self.service.client(role, **claims).get(f"/reporting/v1/partnerships/{self.id}")
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def sides(running: Run) -> Sides:
    found = Sides(await running("reporting"))
    await found.signed()
    return found


async def test_each_side_has_its_own_column_and_the_other_sides_word(running: Run) -> None:
    story = await sides(running)
    kept = (("reported", "2025-06-01"), ("settled", "2025-06-10"))
    await story.owed("host", "2025-06-30", *kept, outcome="confirmed")
    await story.owed("host", "2025-06-30", ("reported", "2025-07-05"), ("disputed", "2025-07-09"))
    await story.owed("partner", "2025-06-30")
    await story.owed("partner", "2025-06-30", ("settled", "2025-06-20"), outcome="waived")
    await story.owed("partner", "2099-01-01")
    page = await story.page()
    assert page["indicator"]["unit"] == "commitment"
    host, partner = page["sides"]
    assert host == {**EMPTY, "side": "host", "owed": 2, "reported_in_time": 1, "reported_late": 1} | {
        "confirmed": 1,
        "disputed": 1,
    }
    assert partner == {**EMPTY, "side": "partner", "owed": 3, "overdue": 1, "waived": 1}


async def test_who_reports_again_after_a_dispute_is_judged_anew(running: Run) -> None:
    story = await sides(running)
    said = (("reported", "2025-06-01"), ("disputed", "2025-06-05"), ("reported", "2025-07-02"))
    await story.owed("host", "2025-06-30", *said)
    assert (await story.page())["sides"][0] == {**EMPTY, "side": "host", "owed": 1, "reported_late": 1}
    back = (("reported", "2025-06-01"), ("settled", "2025-06-05"), ("reported", "2025-06-01"))
    await story.owed("partner", "2025-06-30", *back, outcome="confirmed")
    assert (await story.page())["sides"][1] == {**EMPTY, "side": "partner", "owed": 1, "reported_in_time": 1}


async def test_components_activities_and_rounds(running: Run) -> None:
    story = await sides(running)
    component, first, second = (str(uuid4()) for _ in range(3))
    for before, status in (("proposed", "agreed"), ("agreed", "in_force")):
        changed = {"component_type": "education_access", "status_before": before, "status": status, "on": "2025-03-01"}
        await story.tell("component.status-changed", component, component_id=component, **changed)
    await story.done(first, participants=3, spent=100)
    assert (await story.page())["activities"][0]["participants"] is None
    await story.done(second, participants=4, spent=50)
    await story.done(second, participants=2, spent=60, revision=2)
    held = {"round_id": str(uuid4()), "round_number": 1, "round_level": "senior", "agenda_items_count": 1}
    await story.tell("dialogue-round.held", held["round_id"], **held, carried_over_count=0, on="2025-09-01")
    page = await story.page()
    assert [(entry["component_type"], entry["status"]) for entry in page["components"]] == [
        ("education_access", "in_force")
    ]
    (done,) = page["activities"]
    assert (done["activities"], done["participants"], done["spent"]) == (2, 5, {"CHF": 160})
    assert (page["rounds_held"], page["last_round_on"]) == (1, "2025-09-01")
    await story.done(second, participants=2, spent=60, revision=3, withdrawn=True)
    (left,) = (await story.page())["activities"]
    assert (left["activities"], left["spent"]) == (1, {"CHF": 100})


async def test_a_delegate_sees_the_own_partnership_and_no_other(running: Run) -> None:
    story = await sides(running)
    delegate = "partnership_delegate"
    assert (await story.page(delegate, side="partner", partnership_id=story.id))["partnership_id"] == story.id
    await story.page(delegate, 404, side="partner", partnership_id=str(uuid4()))
    await story.page(delegate, 404, side="neither", partnership_id=story.id)
    await story.page(delegate, 404)
    await story.page("caseworker", 403, offices=["ZRH"])
    other = story.service.client(delegate, side="host", partnership_id=str(uuid4()))
    assert (await other.get("/reporting/v1/partnerships")).json() == []
    own = story.service.client(delegate, side="host", partnership_id=story.id)
    listed = (await own.get("/reporting/v1/partnerships")).json()
    assert [entry["partnership_id"] for entry in listed] == [story.id]


async def test_an_unknown_partnership_is_absent(running: Run) -> None:
    await Sides(await running("reporting")).page(expect=404)
