"""The partner of a plan is told of its orders and its days: with consent and basis, no other organisation, each once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from services.registry.domain.disclosure_matrix import allowed_types
from tests.registry.receiver import receiver
from tests.registry.told import PARTNER_TYPES, ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")
ORDERED, NEAR = "measure.ordered", "plan.deadline-near"
COMMON = {"occurred_at", "agency_case_ref", "sequence", "person_refs"}


class Tasks:
    """Orders and days of the plan, as reintegration tells of them."""

    def __init__(self, told: Told) -> None:
        self.told, self.story = told, told.story
        self.measure, self.plan_id = str(uuid4()), str(uuid4())

    async def ordered(self, *, event_id: str | None = None, partner: str = "partner") -> None:
        fact = {"measure_id": self.measure, "category": "psychosocial", "level": "individual", "on": "2026-03-02"}
        await self._fact("measure.ordered", partner, event_id, **fact)

    async def near(self, *, event_id: str | None = None, partner: str = "partner", due_on: str = "2026-03-22") -> None:
        fact = {"deadline": "first_contact", "due_on": due_on, "rule_version": "plan-deadlines-v1"}
        await self._fact("plan.deadline-near", partner, event_id, **fact)

    async def plan(self, name: str) -> None:
        story, about = self.story, {"plan_id": str(uuid4()), "case_id": self.story.case_id, "on": "2026-03-02"}
        await story.service.receive(f"reintegration.plan.{name}.v1", about, key=story.case_id)

    async def _fact(self, name: str, partner: str, event_id: str | None, **more: Any) -> None:
        story = self.story
        about: dict[str, Any] = {"plan_id": self.plan_id, "case_id": story.case_id, "partner_id": story.ids[partner]}
        about |= {"person_refs": story.persons, **more}
        await story.service.receive(f"reintegration.{name}.v1", about, key=story.case_id, event_id=event_id)

    async def both(self) -> list[str]:
        """Both are told; what has arrived at the partner's endpoint since."""
        before = len(self.told.hook.bodies)
        await self.ordered()
        await self.near()
        await self.told.send()
        return [body["type"] for body in self.told.hook.bodies[before:]]


async def test_the_partner_hears_of_each_once_in_order_and_thinner_than_the_plan(told: Told) -> None:
    tasks = Tasks(told)
    consents = await consented(told)
    ids = [str(uuid4()), str(uuid4())]
    for _ in range(2):
        await tasks.ordered(event_id=ids[0])
        await tasks.near(event_id=ids[1])
    told.hook.script = ["500 Oops"]
    await told.send()
    told.clock.advance(seconds=7)
    await told.send()
    assert told.types == [ORDERED, ORDERED, NEAR]
    first, again, near = (body["data"] for body in told.hook.bodies)
    assert first == again
    assert [first["sequence"], near["sequence"]] == [1, 2]
    assert set(first) == COMMON | {"measure_id", "on"}
    assert set(near) == COMMON | {"deadline", "due_on"}
    assert (near["deadline"], near["due_on"]) == ("first_contact", "2026-03-22")
    assert "psychosocial" not in str(told.hook.bodies), "what kind of help it is would say how somebody is"
    assert first["person_refs"] == near["person_refs"] == sorted(told.story.persons)
    gone, stays = told.story.persons
    await told.story.fact("consent.withdrawn", consent_id=consents[0], person_ref=gone, on="2026-03-02")
    assert await tasks.both() == ["request.ended", ORDERED, NEAR]
    assert [body["data"]["person_refs"] for body in told.hook.bodies[-2:]] == [[stays], [stays]]
    feed = await told.partner.get(f"{ROOT}/agency-cases/{first['agency_case_ref']}/events")
    assert [entry["type"] for entry in feed.json()] == [ORDERED, NEAR, "request.ended", ORDERED, NEAR]


async def test_nobody_else_hears_of_them(told: Told) -> None:
    """Neither without approval, consent or basis, nor suspended, frozen or ended, nor a partner whose plan it is not."""
    tasks, story = Tasks(told), told.story
    await story.opened()
    await story.basis("partner", "reintegration")
    assert await tasks.both() == [], "not approved"
    await story.approved()
    assert await tasks.both() == [], "nobody consents"
    await story.consent("partner", story.persons[0], "health")
    assert await tasks.both() == [], "consent for another purpose"
    consent = await story.consent("partner", story.persons[0], "reintegration")
    await told.send()
    assert told.types == [ORDERED, NEAR], "what waited is told once, however often it came meanwhile"
    assert await tasks.both() == [ORDERED, NEAR]
    await another_partner_hears_nothing(told, tasks)
    standing = f"{ROOT}/recipients/{story.ids['partner']}"
    answer = await story.admin.post(f"{standing}/suspension", json={"reason_code": "misconduct"})
    assert answer.status_code == 200, answer.text
    assert await tasks.both() == [], "suspended"
    answer = await story.admin.post(f"{standing}/reinstatement", json={})
    assert answer.status_code == 200, answer.text
    await waits(told, tasks, "case.disclosure-frozen", "case.disclosure-released")
    await story.basis_ended("partner", "reintegration")
    assert await tasks.both() == [], "the basis has ended"
    await story.fact("consent.withdrawn", consent_id=consent, person_ref=story.persons[0], on="2026-03-02")
    await story.basis("partner", "reintegration")
    assert ORDERED not in await tasks.both(), "nobody consents any more"
    for kind in ("state_authority", "consulate"):
        assert not {ORDERED, NEAR} & allowed_types(kind, ["reintegration_coordination"])
    assert not {ORDERED, NEAR} & allowed_types("ngo", ["employment", "health", "specialised_support"])


async def waits(told: Told, tasks: Tasks, stopped: str, goes_on: str) -> None:
    """It is told when the case goes on; a day that is over by then, and what ends with its plan, is not."""
    heard = len(told.hook.bodies)
    await told.story.fact(stopped, on="2026-03-02")
    assert await tasks.both() == []
    await told.story.fact(goes_on, on="2026-03-02")
    await told.send()
    assert told.types[heard:] == [ORDERED, NEAR]
    await told.story.fact(stopped, on="2026-03-02")
    await tasks.near(due_on="2026-03-01")
    await tasks.ordered()
    await tasks.plan("discontinued")
    await told.story.fact(goes_on, on="2026-03-02")
    await told.story.service.run_job("retry-waiting-facts")
    await told.send()
    assert told.types[heard:] == [ORDERED, NEAR]


async def another_partner_hears_nothing(told: Told, tasks: Tasks) -> None:
    """It has consent and basis of its own, and the plan is with the first one."""
    story = told.story
    body = {"kind": "international_organisation", "name": "Other", "country": "GEO"}
    made = await story.admin.post(f"{ROOT}/partners", json={**body, "roles": ["reintegration_coordination"]})
    story.ids["other"] = made.json()["id"]
    await story.consent("other", story.persons[0], "reintegration")
    async with receiver() as hook:
        wanted = {"owner_id": story.ids["other"], "url": hook.url, "event_types": PARTNER_TYPES}
        other = story.service.client("reintegration_partner", partner_id=story.ids["other"])
        assert (await other.post(f"{ROOT}/webhook-endpoints", json=wanted)).status_code == 201
        await story.service.fetch("UPDATE webhook_endpoint SET status = 'active'")
        assert await tasks.both() == [ORDERED, NEAR]
        assert hook.bodies == []
        await tasks.ordered(partner="other")
        await told.send()
        assert [body["type"] for body in hook.bodies] == [ORDERED]


async def test_what_nobody_has_heard_when_the_plan_ends_is_told_no_more(told: Told) -> None:
    tasks = Tasks(told)
    await consented(told)
    await tasks.plan("activated")
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}"
    await told.partner.post(f"{path}/pause", json={})
    await tasks.ordered()
    await tasks.near()
    await told.story.itinerary()
    await tasks.plan("completed")
    await told.partner.post(f"{path}/resume", json={})
    await told.send()
    assert told.types == ["itinerary.confirmed"]
