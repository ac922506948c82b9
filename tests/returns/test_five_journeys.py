"""Five whole journeys, told to one running service from the first talk to the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.scenarios.before_departure import all_kinds, panel
from tests.returns.story import CONSULATE, PARTNER, CaseStory, person
from tests.returns.test_other_courses import codes, story
from tests.returns.test_safeguards import note, settle
from tests.returns.test_travel_documents import prepared

pytestmark = pytest.mark.asyncio(loop_scope="session")


def doctor(told: CaseStory) -> Any:
    return told.service.client("medical_officer", offices=["ZRH"], authority_id="SEM", subject="md-1")


async def test_a_family_with_a_sick_child(running: Run) -> None:
    told = await story(running)
    await told.ready([person("main_applicant"), person("partner", sex=1), person("child")])
    child = told.refs(adults=False)[0]
    await note(told, child, "medical")
    assert told.case["state"] == "PRE_DEPARTURE"
    assert codes(await told.post("readiness", {}, expect=409)) == {"safeguard", "medical-clearance"}
    clearance = {"person_ref": child, "kind": "fit_to_fly", "outcome": "fit", "issued_by": "treating_physician"}
    answer = await doctor(told).post(f"/returns/v1/cases/{told.id}/medical-clearances", json=clearance)
    assert answer.status_code == 201, answer.text
    await told.refresh()
    await settle(told, "continuity_of_care", "in_place", doctor(told))
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": told.refs()})
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)
    assert {entry["travel_status"] for entry in told.case["persons"]} == {"ARRIVED"}
    assert "medical" not in "".join(event.model_dump_json() for event in await told.service.published())


async def test_an_unaccompanied_minor(running: Run) -> None:
    told = await story(running)
    await told.open([person("ward", unaccompanied=True, born_on="2011-06-01")])
    ward = told.refs()[0]
    lacking = codes(await told.post("submission", {}, expect=409))
    assert {"parental-responsibility", "parental-consent", "guardian", "child-heard", "best-interests"} <= lacking
    await told.holders_agree(ward, alone=True)
    await told.hear(ward, alone=False)
    assert codes(await told.post("submission", {}, expect=409)) == {"child-heard-alone", "best-interests"}
    await told.hear(ward, heard_by="child_psychologist")
    await told.fact("best_interests_decision", "return_in_best_interests", ward, client=panel(told))
    await told.refresh()
    await told.post("submission", {})
    found = {"person_ref": ward, "indicators": ["unaccompanied_child"]}
    await told.post("screening", {"persons": [found], "duplicates_checked": True, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})
    await settle(told, "guardian_and_lawyer", "in_place", panel(told))
    await told.quoted()
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    await told.funded()
    await told.post("pre-departure", {"partner_id": PARTNER})
    await told.papers()
    assert codes(await told.post("readiness", {}, expect=409)) == {"safeguard"}
    await settle(told, "reception_verified", "in_place", panel(told))
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": [ward]})
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)
    assert told.case["state"] == "ARRIVED"


async def test_a_laissez_passer_refused_and_requested_again(running: Run) -> None:
    told = await prepared(running)
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=7)).isoformat()})
    await told.declare("reconfirmation")
    request = await told.asked()
    await told.said("travel-document.refused", CONSULATE)
    assert codes(await told.post("readiness", {}, expect=409)) == {"travel-document"}
    body = {"person_ref": told.refs()[0], "disclosure_id": request["disclosure_id"]}
    path = f"/returns/v1/cases/{told.id}/travel-document-requests/{request['id']}/repetition"
    again = (await told.caseworker.post(path, json=body)).json()
    await told.consulate_issues(again)
    assert await told.states() == ["RE_REQUESTED", "ISSUED"]
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": told.refs()})
    assert told.case["state"] == "DEPARTED"


async def test_a_withdrawal_the_night_before_the_flight(running: Run) -> None:
    told = await story(running)
    await told.ready()
    told.service.clock.advance(days=6, hours=14)
    await told.post("withdrawal", {})
    (event,) = await told.service.published("returns.case.withdrawn.v1")
    assert (told.case["state"], event.data["stage_before"]) == ("WITHDRAWN", "READY")
    assert event.data["reason_group"] == "applicant"
    assert codes(await told.post("departure", {"boarded": told.refs()}, expect=409)) == {"state"}
    story_told = [row["told"] for row in (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()]
    assert story_told[-1].endswith("the case went from READY to WITHDRAWN.")


async def test_a_charter_with_provisional_persons_who_are_completed_later(running: Run) -> None:
    told = await story(running)
    await all_kinds(told)
    group = []
    for number in range(3):
        one = CaseStory(told.service)
        unknown = person("main_applicant", provisional=True, identity={}, born_on=None, adult=True)
        await one.open([unknown if number else person("main_applicant")], case_kind="humanitarian_return")
        group.append(one)
    for one, name in zip(group[1:], ("Abashidze", "Tsereteli"), strict=True):
        refused = await one.post("consents", _consent(one), expect=409)
        assert refused["slug"] == "consent-not-possible"
        answer = await one.caseworker.patch(
            f"/returns/v1/cases/{one.id}/persons/{one.refs()[0]}",
            json={"identity": {"family_name": name, "given_names": f"Now {name}"}, "born": "1991-05"},
            headers={"If-Match": f'"{one.case["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        one.case = answer.json()
        assert not one.case["persons"][0]["provisional"]
    for one in group:
        await go_on(one)
    group[1].service.clock.advance(days=7)
    for one in group[:2]:
        await one.post("departure", {"boarded": one.refs()})
    await group[2].post("withdrawal", {})
    assert [one.case["state"] for one in group] == ["DEPARTED", "DEPARTED", "WITHDRAWN"]


async def go_on(told: CaseStory) -> None:
    """From known persons to ready, with the exit clearance of the country of transit."""
    await told.consent()
    await told.counsel()
    await told.declare()
    await told.post("submission", {})
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})
    await told.quoted()
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    await told.funded()
    await told.post("pre-departure", {"partner_id": PARTNER})
    await told.papers()
    await told.fact("exit_clearance")
    await told.post("readiness", {})


def _consent(told: CaseStory) -> dict[str, Any]:
    body = {"person_ref": told.refs()[0], "recipients": [PARTNER], "purposes": ["reintegration"]}
    return {**body, "data_classes": ["identity"], "language": "ka", "text_version": "1", "text_hash": "0" * 64}
