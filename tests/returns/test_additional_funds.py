"""A grant after the decision: who is born later gets lines of their own, and refused money gets another budget."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.story import CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
COUPLE = [person("main_applicant"), person("partner", sex=1)]


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def codes(answer: dict[str, Any]) -> set[str]:
    return {item["code"] for item in answer["missing"]}


async def born(told: CaseStory, **more: Any) -> str:
    """A child of the mother, with a name and the agreement of its parents; its reference."""
    mother = told.refs(relation="main_applicant")[0]
    identity = {"family_name": "Zebulonia", "given_names": "Infant"}
    body = {"parent_ref": mother, "born_on": told.today.isoformat(), "sex": 2, "identity": identity, **more}
    await told.post("births", {**body, "holders_agreed": True}, expect=201)
    return told.refs(relation="child")[0]


async def answered(told: CaseStory, outcome: str, **more: Any) -> None:
    fact = {"case_id": told.id, "budget_id": str(uuid4()), "lines": [], **more}
    fact |= {"reservation_id": str(uuid4())} if outcome == "reserved" else {}
    await told.service.receive(f"reintegration.funds.{outcome}.v1", fact, key=told.id)
    await told.refresh()


async def extend(told: CaseStory, expect: int = 200) -> dict[str, Any]:
    return await told.post("grant-extension", {"quote_id": told.quote_id}, client=told.officer, expect=expect)


async def test_a_newborn_gets_lines_of_its_own_and_nothing_else_is_asked_for_again(running: Run) -> None:
    told = await story(running)
    await told.ready(COUPLE)
    granted = told.case["granted"]["amount_minor"]
    assert (await extend(told, 409))["slug"] == "nothing-to-add"
    child = await born(told)
    await told.quoted()
    assert (await told.caseworker.post(f"/returns/v1/cases/{told.id}/grant-extension", json={})).status_code == 403
    await extend(told)
    (event,) = await told.service.published("returns.case.grant-extended.v1")
    assert [line["person_ref"] for line in event.data["lines"]] == [child]
    assert [fact["person_ref"] for fact in event.data["persons"]] == [child]
    assert len(await told.service.published("returns.case.approved.v1")) == 1
    assert (told.case["top_up"], told.case["funding"]) == ("awaited", "reserved")
    await answered(told, "reserved", on_top=True, answers_grant=False)
    assert told.case["top_up"] == "awaited", "what the programme sets aside beside the grant answers nothing"
    await answered(told, "reserved", on_top=True)
    assert (told.case["top_up"], told.case["funding"]) == ("reserved", "reserved")
    assert told.case["granted"]["amount_minor"] == granted + event.data["total"]["amount_minor"]
    rows = await told.service.fetch("SELECT person_ref FROM granted_line WHERE case_id = $1", told.id)
    assert sorted(row["person_ref"] for row in rows) == sorted(told.refs())
    assert (await extend(told, 409))["slug"] == "nothing-to-add"


async def test_a_refused_top_up_never_blocks_the_departure(running: Run) -> None:
    told = await story(running)
    await told.ready(COUPLE)
    child = await born(told)
    await told.quoted()
    await extend(told)
    await answered(told, "refused", on_top=True)
    assert (told.case["top_up"], told.case["funding"]) == ("refused", "reserved")
    notes = await told.service.fetch("SELECT role FROM notification WHERE kind = 'top-up.refused'")
    assert {row["role"] for row in notes} == {"caseworker", "case_officer"}
    await told.fact("custody_established", "civil_register", child)
    await told.fact("best_interests_assessment", "return_with_family", child)
    holders = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/persons/{child}/child-protection")).json()
    assert [holder["relation"] for holder in holders["holders"]] == ["mother"]
    await told.refresh()
    await told.papers()
    clearance = {"person_ref": child, "kind": "fit_to_fly", "outcome": "fit", "issued_by": "treating_physician"}
    path = f"/returns/v1/cases/{told.id}/medical-clearances"
    assert (await told.caseworker.post(path, json=clearance)).status_code == 201
    await told.refresh()
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": told.refs()})
    assert (told.case["state"], told.case["top_up"]) == ("DEPARTED", "refused")


async def test_mother_and_newborn_fly_after_the_days_of_the_dated_file(running: Run) -> None:
    told = await story(running)
    await told.ready(COUPLE)
    mother, father = told.refs()
    await born(told, parent_ref=father)
    early = (told.today + timedelta(days=6)).isoformat()
    await told.post("itinerary", {"travel_on": early, "transit": ["TUR"]})
    refused = await told.post("readiness", {}, expect=409)
    assert [item["code"] for item in refused["missing"]].count("fly-window") == 2
    assert sum(mother in item["message"] for item in refused["missing"] if item["code"] == "fly-window") == 1
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=7)).isoformat(), "transit": ["TUR"]})
    assert "fly-window" not in codes(await told.post("readiness", {}, expect=409))


async def test_a_grant_is_extended_by_another_officer_and_only_while_it_stands(running: Run) -> None:
    told = await story(running)
    await told.eligible(COUPLE)
    await told.quoted()
    assert codes(await extend(told, 409)) == {"state"}
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    await told.funded()
    await born(told)
    await told.quoted(told.refs(adults=True))
    assert (await extend(told, 409))["slug"] == "quote-does-not-fit"
    await told.quoted()
    author = told.service.client("case_officer", authority_id="SEM", subject="cw-1")
    body = {"quote_id": told.quote_id}
    assert codes(await told.post("grant-extension", body, client=author, expect=409)) == {"four-eyes"}


async def test_a_ready_journey_never_falls_because_its_money_is_asked_for_anew(running: Run) -> None:
    told = await story(running)
    await told.ready()
    await answered(told, "refused")
    assert (told.case["state"], told.case["funding"]) == ("READY", "refused")
    assert told.case["awaiting_funds"]["refused"]
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": told.refs()})
    assert told.case["awaiting_funds"] is None


async def test_one_calculation_comes_on_top_at_a_time_and_only_of_reserved_money(running: Run) -> None:
    told = await story(running)
    await told.approved(COUPLE)
    await born(told)
    await told.quoted()
    assert codes(await extend(told, 409)) == {"funding"}
    await told.funded()
    await extend(told)
    await extend(told)
    first = told.quote_id
    await told.quoted()
    assert codes(await extend(told, 409)) == {"top-up"}
    await answered(told, "refused", on_top=True)
    await extend(told)
    assert {event.data["quote_id"] for event in await told.service.published("returns.case.grant-extended.v1")} == {
        first,
        told.quote_id,
    }
