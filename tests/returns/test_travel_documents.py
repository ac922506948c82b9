"""Requests for travel documents: who may be asked, what a consulate says, what ends a request, what is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.travel_document_request import STEPS, RequestState, Taken, allows, course
from shared.testing.plugin import Run
from tests.returns.story import CONSULATE, FAMILY, PARTNER, CaseStory, person

service = pytest.mark.asyncio(loop_scope="session")
DAY = date(2026, 3, 2)
WALKS = st.lists(st.sampled_from(sorted(STEPS)), max_size=15)


@given(WALKS)
def test_a_course_takes_only_steps_that_its_state_allows(names: list[str]) -> None:
    state = RequestState.PREPARED
    for number in range(len(names)):
        found = course([Taken(name, DAY) for name in names[: number + 1]])
        assert found.stands[-1] == allows(state, names[number])
        state = found.state
    stood = [name for name, stands in zip(names, course([Taken(n, DAY) for n in names]).stands, strict=True) if stands]
    assert course([Taken(name, DAY) for name in stood]).state is state


@given(WALKS, st.integers(0, 14))
def test_taking_a_step_back_never_leaves_a_later_one_without_ground(names: list[str], gone: int) -> None:
    left = names[:gone] + names[gone + 1 :]
    found = course([Taken(name, DAY) for name in left])
    if found.state in (RequestState.ISSUED, RequestState.HANDED_OVER):
        assert "issue" in [name for name, stands in zip(left, found.stands, strict=True) if stands]
    if found.state is not RequestState.PREPARED and found.state is not RequestState.CANCELLED:
        assert "send" in left


class Papers(CaseStory):
    """A case that asks a consulate."""

    async def ask(self, ref: str, package: dict[str, Any], *, expect: int = 201, **more: Any) -> dict[str, Any]:
        path = f"/returns/v1/cases/{self.id}/travel-document-requests"
        answer = await self.caseworker.post(path, json={"person_ref": ref, "disclosure_id": package["id"], **more})
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def asked(self, ref: str | None = None) -> dict[str, Any]:
        """A request that was sent."""
        package = await self.package()
        request = await self.ask(ref or self.refs()[0], package)
        assert (await self.approve(package)).status_code == 200
        await self.refresh()
        return request

    async def requests(self) -> list[dict[str, Any]]:
        answer = await self.caseworker.get(f"/returns/v1/cases/{self.id}/travel-document-requests")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    async def states(self) -> list[str]:
        return [request["state"] for request in await self.requests()]

    async def step(self, request: dict[str, Any], step: str, *, expect: int = 200, **more: Any) -> dict[str, Any]:
        path = f"/returns/v1/cases/{self.id}/travel-document-requests/{request['id']}/steps"
        answer = await self.caseworker.post(path, json={"step": step, **more})
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def consulate_issues(self, request: dict[str, Any], days: int = 90) -> None:
        until = (self.today + timedelta(days=days)).isoformat()
        entry = {"person_ref": request["person_ref"], "outcome": "document_issued", "issuer": "GEO"}
        entry |= {"document_number": "LP-77", "valid_until": until}
        consulate = self.service.client("partner_agency", agency_id=CONSULATE)
        path = f"/returns/v1/agency-disclosures/{request['disclosure_id']}/answer"
        assert (await consulate.post(path, json={"answers": [entry]})).status_code == 200
        await self.refresh()

    async def checklist(self) -> dict[str, dict[str, str]]:
        lists = (await self.caseworker.get(f"/returns/v1/cases/{self.id}/checklist/persons")).json()
        return {entry["person_ref"]: {item["item"]: item["standing"] for item in entry["items"]} for entry in lists}


async def prepared(running: Run, persons: list[dict[str, Any]] | None = None) -> Papers:
    told = Papers(await running("returns"))
    await told.world()
    await told.agreement()
    await told.prepared(persons)
    return told


@service
async def test_a_request_is_sent_with_the_approval_and_follows_what_the_consulate_says(running: Run) -> None:
    told = await prepared(running)
    package = await told.package()
    request = await told.ask(told.refs()[0], package)
    assert request["state"] == "PREPARED"
    assert await told.service.published("returns.travel-document.requested.v1") == []
    await told.approve(package)
    assert await told.states() == ["REQUESTED"]
    (sent,) = await told.service.published("returns.travel-document.requested.v1")
    assert sent.data["person_ref"] == told.refs()[0]
    await told.said("request.acknowledged", CONSULATE)
    offered = (told.today + timedelta(days=9)).isoformat()
    await told.said("appointment.offered", CONSULATE, told.refs(), offered_on=offered)
    await told.said("identity.confirmed", CONSULATE, confirmed_on=told.today.isoformat())
    (shown,) = await told.requests()
    assert (shown["state"], shown["appointment_on"]) == ("IDENTITY_CONFIRMED", offered)
    assert (await told.checklist())[told.refs()[0]]["travel_document_request"] == "waiting"
    await told.consulate_issues(request)
    assert await told.states() == ["ISSUED"]
    assert (await told.checklist())[told.refs()[0]]["travel_document"] == "done"
    await told.said("travel-document.handed-over", CONSULATE)
    assert await told.states() == ["HANDED_OVER"]
    assert [
        event.data["request_id"] for event in await told.service.published("returns.travel-document.issued.v1")
    ] == [request["id"]]
    for event in await told.service.published():
        assert "LP-77" not in event.model_dump_json()


@service
async def test_only_the_consulate_of_the_chosen_citizenship_is_asked(running: Run) -> None:
    both = [{"code": "GEO", "evidence": "statement"}, {"code": "RUS", "evidence": "passport", "chosen": True}]
    told = await prepared(running, [person("main_applicant", citizenships=both)])
    package = await told.package()
    await told.ask(told.refs()[0], package)
    refused = (await told.approve(package)).json()
    assert [item["code"] for item in refused["missing"]] == ["citizenship"]
    assert await told.states() == ["PREPARED"]


@service
@pytest.mark.parametrize(("value", "stops"), [("open", True), ("recognised", True), ("refused_no_remedy", False)])
async def test_the_home_state_guard_holds_for_requests_too(running: Run, value: str, stops: bool) -> None:
    told = await prepared(running)
    package = await told.package()
    await told.approve(package)
    await told.fact("claim_standing", value, client=told.officer)
    await told.approve(package)
    answer = await told.ask(told.refs()[0], package, expect=409 if stops else 201)
    if stops:
        assert "home-state" in {item["code"] for item in answer["missing"]}


@service
async def test_a_refused_laissez_passer_is_requested_again(running: Run) -> None:
    told = await prepared(running)
    request = await told.asked()
    await told.said("travel-document.refused", CONSULATE)
    assert await told.states() == ["REFUSED"]
    (answer,) = await told.service.published("returns.travel-document.not-issued.v1")
    assert answer.data["outcome"] == "refused"
    body = {"person_ref": told.refs()[0], "disclosure_id": request["disclosure_id"]}
    path = f"/returns/v1/cases/{told.id}/travel-document-requests/{request['id']}/repetition"
    again = (await told.caseworker.post(path, json=body)).json()
    assert (again["state"], again["follows"]) == ("REQUESTED", request["id"])
    assert await told.states() == ["RE_REQUESTED", "REQUESTED"]
    twice = await told.caseworker.post(path, json=body)
    assert twice.status_code == 409
    await told.consulate_issues(again)
    assert await told.states() == ["RE_REQUESTED", "ISSUED"]


@service
async def test_not_a_national_is_an_answer_of_its_own(running: Run) -> None:
    told = await prepared(running)
    await told.asked()
    await told.said("identity.not-national", CONSULATE)
    assert await told.states() == ["NOT_NATIONAL"]
    notices = (await told.officer.get("/returns/v1/notifications")).json()["items"]
    assert "statelessness-check.due" in {notice["kind"] for notice in notices}
    late = await told.said("travel-document.ready", CONSULATE)
    refused = await told.service.published("returns.agency-message.not-applied.v1")
    assert [event.data["message_id"] for event in refused] == [late]


@service
async def test_a_passport_that_is_handed_in_stops_the_request_neutrally(running: Run) -> None:
    told = await prepared(running)
    request = await told.asked()
    paper = {"person_ref": told.refs()[0], "kind": "passport", "issuer": "GEO", "number": "P-1"}
    paper["valid_until"] = (told.today + timedelta(days=400)).isoformat()
    await told.post("travel-documents", paper, expect=201)
    (shown,) = await told.requests()
    assert (shown["state"], shown["end_reason"]) == ("CANCELLED", "passport_handed_in")
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert recalled.data["disclosure_id"] == request["disclosure_id"]
    assert "passport" not in recalled.model_dump_json()
    consulate = told.service.client("partner_agency", agency_id=CONSULATE)
    assert (await consulate.get(f"/returns/v1/agency-disclosures/{request['disclosure_id']}")).status_code == 410


@service
async def test_one_of_a_family_finds_the_passport_and_the_others_are_still_awaited(running: Run) -> None:
    told = await prepared(running, FAMILY[:2])
    first, second = told.refs()
    package = await told.package()
    for ref in (first, second):
        await told.ask(ref, package)
    await told.approve(package)
    requests = {request["person_ref"]: request for request in await told.requests()}
    await told.step(requests[first], "cancel", reason_code="passport_found")
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert recalled.data["person_refs"] == [first]
    consulate = told.service.client("partner_agency", agency_id=CONSULATE)
    read = await consulate.get(f"/returns/v1/agency-disclosures/{package['id']}")
    assert [entry["person_ref"] for entry in read.json()["persons"]] == [second]


@service
async def test_a_document_that_a_message_said_is_taken_back_with_what_hangs_on_it(running: Run) -> None:
    told = await prepared(running)
    request = await told.asked()
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=7)).isoformat(), "transit": []})
    await told.consulate_issues(request)
    await told.declare("reconfirmation")
    said = await told.said("travel-document.ready", CONSULATE)
    await told.said("travel-document.handed-over", CONSULATE)
    await told.refresh()
    await told.post("readiness", {})
    await told.said("message.voided", CONSULATE, voids=said)
    assert told.case["state"] == "PRE_DEPARTURE"
    assert told.case["persons"][0]["document_valid_until"] is None
    (shown,) = await told.requests()
    assert shown["state"] == "REQUESTED"
    assert [step["step"] for step in shown["steps"] if step["voided_on"]] == ["issue", "hand_over"]
    (event,) = await told.service.published("returns.case.fact-corrected.v1")
    assert event.data["fact"] == "travel_document"
    again = await told.said("message.voided", CONSULATE, voids=said)
    refused = await told.service.published("returns.agency-message.not-applied.v1")
    assert [(event.data["message_id"], event.data["reason_code"]) for event in refused] == [
        (again, "nothing-to-take-back")
    ]


@service
async def test_an_office_takes_its_own_wrong_entry_back(running: Run) -> None:
    told = await prepared(running)
    request = await told.asked()
    refused = await told.step(request, "refuse")
    step = refused["steps"][-1]["id"]
    path = f"/returns/v1/cases/{told.id}/travel-document-requests/{request['id']}/steps/{step}/void"
    mended = (await told.caseworker.post(path, json={"reason_code": "wrong_person"})).json()
    assert (mended["state"], mended["answered_on"]) == ("REQUESTED", None)
    assert mended["steps"][-1]["void_reason"] == "wrong_person"
    assert (await told.caseworker.post(path, json={"reason_code": "wrong_person"})).status_code == 404
    foreign = told.service.client("caseworker", offices=["BRN"], subject="cw-9")
    assert (await foreign.post(path, json={"reason_code": "wrong_person"})).status_code == 404


@service
async def test_a_voided_arrival_is_taken_back(running: Run) -> None:
    told = Papers(await running("returns"))
    await told.world()
    await told.departed()
    said = await told.said("arrival.confirmed", PARTNER, arrived_on=told.today.isoformat())
    assert told.case["state"] == "ARRIVED"
    await told.said("message.voided", str(uuid4()), voids=said)
    assert told.case["state"] == "ARRIVED"
    await told.said("message.voided", PARTNER, voids=said)
    assert told.case["state"] == "DEPARTED"
    assert {entry["travel_status"] for entry in told.case["persons"]} == {"BOARDED"}
    (event,) = await told.service.published("returns.case.fact-corrected.v1")
    assert event.data["fact"] == "arrival"


@service
async def test_an_arrival_that_others_confirm_too_is_for_an_officer(running: Run) -> None:
    told = Papers(await running("returns"))
    await told.world()
    await told.prepared()
    await told.papers()
    await told.service.fetch("UPDATE return_case SET handover_needed = true")
    await told.refresh()
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": told.refs()})
    said = await told.said("arrival.confirmed", PARTNER, arrived_on=told.today.isoformat())
    await told.post("handover", {"received": True})
    await told.said("message.voided", PARTNER, voids=said)
    assert told.case["state"] == "HANDED_OVER"
    refused = await told.service.published("returns.agency-message.not-applied.v1")
    assert [event.data["reason_code"] for event in refused] == ["officer-decides"]
    notices = (await told.officer.get("/returns/v1/notifications")).json()["items"]
    assert "arrival.contested" in {notice["kind"] for notice in notices}
