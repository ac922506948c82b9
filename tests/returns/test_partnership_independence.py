"""Nobody's case depends on the state of a partnership: suspending a component stops new cases of its corridor, nothing else."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from services.registry.service import SERVICE as REGISTRY
from services.reintegration.service import SERVICE as REINTEGRATION
from services.returns.service import SERVICE as RETURNS
from shared.testing.plugin import Run
from tests.returns.story import COMPONENT, FAMILY, PARTNER, CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHER_PROGRAMME, OTHER_COMPONENT = str(uuid4()), str(uuid4())
STEPS = ["suspended", "ended"]


async def component(story: CaseStory, status: str, component_id: str = COMPONENT) -> None:
    fact = {"component_id": component_id, "partnership_id": str(uuid4()), "component_type": "voluntary_return"}
    await story.service.receive("registry.component.status-changed.v1", {**fact, "status": status}, key=component_id)


async def opening(story: CaseStory, **more: Any) -> Any:
    body = {"programme_id": "", "destination": "GEO", "office_id": "ZRH", "authority_id": "SEM", "persons": FAMILY[:1]}
    return await story.caseworker.post("/returns/v1/cases", json={**body, **more})


@pytest.mark.parametrize("status", ["proposed", *STEPS])
async def test_new_cases_stop_and_the_other_corridor_goes_on(running: Run, status: str) -> None:
    story = CaseStory(await running("returns"))
    await story.world()
    await component(story, "in_force", OTHER_COMPONENT)
    rules = {"programme_id": OTHER_PROGRAMME, "partnership_id": None, "component_id": OTHER_COMPONENT, "host": "CHE"}
    rules |= {"destinations": ["TUN"], "case_kinds": ["avrr"], "version": 1}
    await story.service.receive("registry.programme.rules-published.v1", rules, key=OTHER_PROGRAMME)
    await component(story, status)
    refused = await opening(story, programme_id="0199c0de-0000-7000-8000-0000000000a1")
    assert (refused.status_code, refused.json()["slug"]) == (409, "programme-takes-no-cases")
    other = await opening(story, programme_id=OTHER_PROGRAMME, destination="TUN")
    assert other.status_code == 201, other.text


@pytest.mark.parametrize("status", STEPS)
async def test_a_case_of_yesterday_goes_all_the_way(running: Run, status: str) -> None:
    story = CaseStory(await running("returns"))
    await story.world()
    await story.submitted(FAMILY[:2])
    await component(story, status)
    found = [{"person_ref": ref} for ref in story.refs()]
    await story.post("screening", {"persons": found, "security_checked": True})
    await story.post("eligibility", {"outcome": "eligible"})
    await story.quoted()
    await story.post("decision", {"outcome": "approved", "quote_id": story.quote_id}, client=story.officer)
    await story.funded()
    await story.post("pre-departure", {"partner_id": PARTNER})
    await story.papers()
    await story.post("readiness", {})
    story.service.clock.advance(days=7)
    await story.post("departure", {"boarded": story.refs()})
    await story.post("arrival", {"evidence": "partner_met"}, client=story.partner)
    assert story.case["state"] == "ARRIVED"


async def test_a_granted_amount_stands(running: Run) -> None:
    story = CaseStory(await running("returns"))
    await story.world()
    await story.approved(FAMILY[:2])
    granted = (await story.service.published("returns.case.approved.v1"))[0].data["total"]
    await story.refresh()
    before = story.case
    await component(story, "suspended")
    await story.refresh()
    assert story.case == before
    await story.funded()
    assert story.case["funding"] == "reserved"
    told = await story.service.published()
    assert [event.data["total"] for event in told if event.type == "returns.case.approved.v1"] == [granted]
    assert not {"returns.case.revoked.v1", "returns.case.suspended.v1"} & {event.type for event in told}


async def test_nobody_who_works_on_cases_listens_to_what_governments_owe_each_other() -> None:
    politics = ("partnership", "commitment", "dialogue-round", "activity")
    told = {c.event_type for c in REGISTRY.published if c.event_type.split(".")[1] in politics}
    assert len(told) >= 6
    for service in (RETURNS, REINTEGRATION):
        assert not told & {entry.event_type for entry in service.subscriptions}
    assert "registry.component.status-changed.v1" not in {entry.event_type for entry in REINTEGRATION.subscriptions}
