"""Safety advisories on a case: nobody is granted, ready or gone against one, and lifting it lifts the guard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.returns.commands import advance_deadlines
from shared.testing.plugin import Run
from tests.returns.story import FAMILY, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def codes(refused: dict[str, Any]) -> set[str]:
    return {item["code"] for item in refused["missing"]}


async def lift(told: CaseStory, advisory: str) -> None:
    place = {"advisory_id": advisory, "country": "GEO", "region": None, "route": None, "groups": [], "effect": "stop"}
    await told.service.receive("registry.advisory.lifted.v1", {**place, "on": told.today.isoformat()}, key=advisory)


async def decided(told: CaseStory, expect: int = 200) -> dict[str, Any]:
    """A grant, or what stands in its way; a decision always names the version it was read at."""
    body, headers = {"outcome": "approved", "quote_id": told.quote_id}, {"If-Match": f'"{told.case["version"]}"'}
    answer = await told.officer.post(f"/returns/v1/cases/{told.id}/decision", json=body, headers=headers)
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    told.case = found if expect == 200 else told.case
    return found


async def test_nothing_is_granted_against_a_stop_and_lifting_it_lifts_the_guard(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.quoted()
    advisory = await told.warned("stop")
    assert codes(await decided(told, 409)) == {"advisory"}
    await lift(told, advisory)
    await decided(told)
    assert told.case["state"] == "APPROVED"


async def test_an_individual_review_needs_an_officers_assessment(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.quoted()
    advisory = await told.warned("individual_review")
    assert codes(await decided(told, 409)) == {"advisory-review"}
    path = f"advisories/{advisory}/assessment"
    await told.post(path, {"outcome": "may_not_travel"}, client=told.officer)
    assert codes(await decided(told, 409)) == {"advisory"}
    told.service.clock.advance(hours=1)
    await told.post(path, {"outcome": "may_travel"}, client=told.officer)
    await decided(told)
    shown = (await told.officer.get(f"/returns/v1/cases/{told.id}/advisories")).json()
    assert [(each["demands"], each["outcome"]) for each in shown] == [("individual_review", "may_travel")]


async def test_people_are_told_of_an_advisory_before_they_are_ready(running: Run) -> None:
    told = await story(running)
    await told.prepared(FAMILY)
    await told.papers()
    advisory = await told.warned("inform")
    assert codes(await told.post("readiness", {}, expect=409)) == {"advisory-told"}
    await told.refresh()
    await told.post(f"advisories/{advisory}/information", {})
    await told.post("readiness", {})
    assert told.case["state"] == "READY"


async def test_a_ready_case_falls_back_and_is_looked_at_within_two_days(running: Run) -> None:
    told = await story(running)
    await told.ready()
    advisory = await told.warned("individual_review")
    await told.refresh()
    lacking = codes(await told.post("departure", {"boarded": told.refs()}, expect=409))
    assert lacking == {"advisory-review", "advisory-told"}
    await advance_deadlines.run(told.service.runtime)
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"
    assert told.case["travel_on"] is not None
    clocks = (await told.officer.get(f"/returns/v1/cases/{told.id}/deadlines")).json()
    assert {each["clock"] for each in clocks[:2]} == {"advisory_review", "advisory_information"}
    assert {each["due_on"] for each in clocks[:2]} == {(told.today + timedelta(days=2)).isoformat()}
    notices = await told.service.fetch("SELECT role, scope FROM notification WHERE kind = 'advisory.published'")
    assert sorted(tuple(row) for row in notices) == [("case_officer", "SEM"), ("caseworker", "ZRH")]
    await told.post(f"advisories/{advisory}/assessment", {"outcome": "may_travel"}, client=told.officer)
    running_now = (await told.officer.get(f"/returns/v1/cases/{told.id}/deadlines")).json()
    assert {"advisory_information"} == {each["clock"] for each in running_now if each["clock"].startswith("advisory")}
    await told.refresh()
    assert codes(await told.post("readiness", {}, expect=409)) == {"advisory-told"}
    await told.post(f"advisories/{advisory}/information", {})
    await told.post("readiness", {})


async def test_an_advisory_that_was_lifted_first_never_holds(running: Run) -> None:
    told = await story(running)
    advisory = str(uuid4())
    await lift(told, advisory)
    await told.warned("stop", advisory_id=advisory)
    await told.prepared()
    assert (await told.caseworker.get(f"/returns/v1/cases/{told.id}/advisories")).json() == []


async def test_no_advisory_ends_a_case_and_others_countries_do_not_matter(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.warned("stop", country="ARM")
    assert (await told.caseworker.get(f"/returns/v1/cases/{told.id}/advisories")).json() == []
    await told.warned("stop")
    await advance_deadlines.run(told.service.runtime)
    await told.refresh()
    assert told.case["state"] == "APPROVED"


async def test_only_the_officer_assesses_and_only_what_holds_for_the_journey(running: Run) -> None:
    told = await story(running)
    await told.submitted([person("main_applicant")])
    elsewhere = await told.warned("individual_review", country="ARM")
    advisory = await told.warned("individual_review")
    path = f"/returns/v1/cases/{told.id}/advisories"
    body = {"outcome": "may_travel"}
    assert (await told.caseworker.post(f"{path}/{advisory}/assessment", json=body)).status_code == 403
    assert (await told.officer.post(f"{path}/{elsewhere}/assessment", json=body)).status_code == 404
    stranger = told.service.client("case_officer", authority_id="BAMF")
    assert (await stranger.post(f"{path}/{advisory}/assessment", json=body)).status_code == 404
