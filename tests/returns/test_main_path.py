"""The main path of a case and its gates, over HTTP."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.story import FAMILY, NAME, PROGRAMME, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


async def test_a_family_goes_all_the_way(running: Run) -> None:
    told = await story(running)
    await told.arrived(FAMILY)
    assert told.case["state"] == "ARRIVED"
    await told.post("handover", {})
    await told.post("closure", {})
    assert told.case["state"] == "CLOSED"
    types = [event.type for event in await told.service.published()]
    order = ["opened", "submitted", "screened", "eligibility-determined", "approved", "pre-departure-started", "ready",
             "departed", "arrived", "handed-over", "closed"]  # fmt: skip
    assert [kind.split(".")[2] for kind in types if kind.split(".")[2] in order] == order
    numbers = [event.number for event in await told.service.published()]
    assert numbers == list(range(1, len(numbers) + 1))
    history = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()
    assert history[0]["action"] == "opened"
    assert history[-1]["state_after"] == "CLOSED"


async def test_a_programme_that_is_not_known_yet(running: Run) -> None:
    told = CaseStory(await running("returns"))
    body = {"programme_id": PROGRAMME, "destination": "GEO", "office_id": "ZRH", "authority_id": "SEM"}
    answer = await told.caseworker.post("/returns/v1/cases", json={**body, "persons": [person("main_applicant")]})
    assert (answer.status_code, answer.json()["slug"]) == (409, "programme-not-known-yet")
    assert answer.headers["Retry-After"] == "1"


async def test_a_suspended_component_stops_new_cases_only(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    from tests.returns.story import COMPONENT

    changed = {
        "component_id": COMPONENT,
        "partnership_id": str(uuid4()),
        "component_type": "voluntary_return",
    }
    await told.service.receive(
        "registry.component.status-changed.v1", {**changed, "status": "suspended"}, key=COMPONENT
    )
    body = {"programme_id": PROGRAMME, "destination": "GEO", "office_id": "ZRH", "authority_id": "SEM"}
    refused = await told.caseworker.post("/returns/v1/cases", json={**body, "persons": [person("main_applicant")]})
    assert (refused.status_code, refused.json()["slug"]) == (409, "programme-takes-no-cases")
    await told.post(
        "screening",
        {"persons": [{"person_ref": told.refs()[0]}], "security_checked": True},
    )
    assert told.case["state"] == "SCREENING"


async def test_submission_names_everything_that_is_missing(running: Run) -> None:
    told = await story(running)
    await told.open(FAMILY)
    refused = await told.post("submission", {}, expect=409)
    assert refused["slug"] == "transition-not-allowed"
    codes = [item["code"] for item in refused["missing"]]
    assert codes.count("consent") == 3
    assert codes.count("declaration") == 3
    assert codes.count("counselling") == 3
    assert codes.count("parental-consent") == 2
    assert "withdraw" in refused["open_transitions"]
    assert all(item["message"].endswith(".") for item in refused["missing"])


async def test_the_declaration_is_taken_from_each_adult_alone(running: Run) -> None:
    told = await story(running)
    await told.open(FAMILY)
    body = {"person_ref": told.refs()[0], "language": "ka", "text_version": "1", "seen_alone": False}
    assert (await told.post("declarations", body, expect=409))["slug"] == "declaration-not-taken-alone"


async def test_who_prepared_the_file_does_not_decide(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.quoted()
    same = told.service.client("case_officer", authority_id="SEM", subject="cw-1")
    headers = {"If-Match": f'"{told.case["version"]}"'}
    path = f"/returns/v1/cases/{told.id}/decision"
    answer = await same.post(path, json={"outcome": "approved", "quote_id": told.quote_id}, headers=headers)
    assert answer.status_code == 409
    assert [item["code"] for item in answer.json()["missing"]] == ["four-eyes"]


async def test_the_calculation_must_be_known_and_fit(running: Run) -> None:
    told = await story(running)
    await told.eligible(FAMILY)
    path, headers = f"/returns/v1/cases/{told.id}/decision", {"If-Match": f'"{told.case["version"]}"'}
    unknown = await told.officer.post(path, json={"outcome": "approved", "quote_id": str(uuid4())}, headers=headers)
    assert (unknown.status_code, unknown.json()["slug"]) == (409, "quote-not-known-yet")
    await told.quoted(told.refs()[:2])
    other = await told.officer.post(path, json={"outcome": "approved", "quote_id": told.quote_id}, headers=headers)
    assert (other.status_code, other.json()["slug"]) == (409, "quote-does-not-fit")
    await told.quoted(valid_until="2026-01-01")
    old = await told.officer.post(path, json={"outcome": "approved", "quote_id": told.quote_id}, headers=headers)
    assert old.json()["slug"] == "quote-does-not-fit"
    without = await told.officer.post(path, json={"outcome": "refused"}, headers=headers)
    assert (without.status_code, without.json()["slug"]) == (422, "decision-incomplete")


async def test_the_decision_needs_if_match_and_notices_a_lost_update(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.quoted()
    path, body = f"/returns/v1/cases/{told.id}/decision", {"outcome": "approved", "quote_id": told.quote_id}
    assert (await told.officer.post(path, json=body)).status_code == 428
    assert (await told.officer.post(path, json=body, headers={"If-Match": '"1"'})).status_code == 412


async def test_every_command_repeated_has_one_effect(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    told.service.clock.advance(days=7)
    path, body = f"/returns/v1/cases/{told.id}/departure", {"boarded": told.refs()}
    headers = {"Idempotency-Key": "gate", "If-Match": f'"{told.case["version"]}"'}
    answers = await asyncio.gather(*(told.caseworker.post(path, json=body, headers=headers) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    again = await told.caseworker.post(path, json=body, headers=headers)
    assert again.status_code == 200
    assert again.json()["state"] == "DEPARTED"
    assert len(await told.service.published("returns.case.departed.v1")) == 1


async def test_no_journey_without_money_and_partner(running: Run) -> None:
    told = await story(running)
    await told.approved()
    refused = await told.post("pre-departure", {}, expect=409)
    assert {item["code"] for item in refused["missing"]} == {"funding", "partner"}
    await told.funded()
    await told.post("pre-departure", {"no_partner_needed": True})
    assert told.case["state"] == "PRE_DEPARTURE"


async def test_readiness_names_every_missing_paper(running: Run) -> None:
    told = await story(running)
    await told.prepared([person("main_applicant", medical_needed=True), person("child")])
    refused = await told.post("readiness", {}, expect=409)
    codes = [item["code"] for item in refused["missing"]]
    assert codes.count("travel-document") == 2
    assert {"itinerary", "medical-clearance", "reconfirmation"} <= set(codes)


async def test_a_brother_who_does_not_board_gets_his_own_file(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    told.service.clock.advance(days=7)
    brother = told.refs(relation="sibling")[0]
    boarded = [ref for ref in told.refs() if ref != brother]
    left = [{"person_ref": brother, "reason": "changed_mind"}]
    await told.post("departure", {"boarded": boarded, "not_boarded": left})
    assert told.case["state"] == "DEPARTED"
    assert brother not in told.refs()
    splits = await told.service.published("returns.case.split.v1")
    new_case = splits[0].data["new_case_id"]
    assert {event.subject for event in splits} == {told.id, new_case}
    own = (await told.caseworker.get(f"/returns/v1/cases/{new_case}")).json()
    assert [entry["person_ref"] for entry in own["persons"]] == [brother]
    assert own["persons"][0]["consented"] is True
    assert own["split_from"] == told.id
    departed = (await told.service.published("returns.case.departed.v1"))[0]
    assert [entry["person_ref"] for entry in departed.data["persons"]] == boarded
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)


async def test_nobody_leaves_a_child_at_the_gate(running: Run) -> None:
    told = await story(running)
    await told.ready([person("main_applicant"), person("child")])
    told.service.clock.advance(days=7)
    mother, child = told.refs(adults=True)[0], told.refs(adults=False)[0]
    for boarded, behind in ((mother, child), (child, mother)):
        body = {"boarded": [boarded], "not_boarded": [{"person_ref": behind}]}
        refused = await told.post("departure", body, expect=409)
        assert "responsible-adult" in {item["code"] for item in refused["missing"]}
    await told.refresh()
    assert told.case["state"] == "READY"
    assert {entry["travel_status"] for entry in told.case["persons"]} == {"READY"}


async def test_an_incomplete_list_at_the_gate_is_refused(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    refused = await told.post("departure", {"boarded": told.refs()[:2]}, expect=422)
    assert refused["slug"] == "departure-list-incomplete"


@pytest.mark.parametrize("stage", ["open", "submitted", "eligible", "approved", "prepared", "ready"])
async def test_withdrawing_is_one_call_at_every_stage(running: Run, stage: str) -> None:
    told = await story(running)
    await getattr(told, stage)([person("main_applicant")])
    answer = await told.caseworker.post(f"/returns/v1/cases/{told.id}/withdrawal", json={})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "WITHDRAWN"
    event = (await told.service.published("returns.case.withdrawn.v1"))[0]
    assert event.data["reason_group"] == "applicant"


async def test_withdrawing_on_the_way_ends_the_journey(running: Run) -> None:
    told = await story(running)
    await told.departed()
    answer = await told.caseworker.post(f"/returns/v1/cases/{told.id}/withdrawal", json={})
    assert answer.json()["state"] == "RETURN_FAILED"


async def test_money_reserved_after_a_withdrawal_is_recorded(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.caseworker.post(f"/returns/v1/cases/{told.id}/withdrawal", json={})
    await told.funded()
    assert (told.case["state"], told.case["funding"]) == ("WITHDRAWN", "reserved")


async def test_outside_the_scope_a_case_looks_absent(running: Run) -> None:
    told = await story(running)
    await told.open()
    absent = await told.caseworker.get(f"/returns/v1/cases/{uuid4()}")
    strangers = [
        told.service.client("caseworker", offices=["BRN"]),
        told.service.client("case_officer", authority_id="BAMF"),
        told.service.client(
            "case_officer", authority_id="SEM"
        ),  # before submission the authority does not see it either
    ]
    for stranger in strangers:
        answer = await stranger.get(f"/returns/v1/cases/{told.id}")
        assert answer.status_code == 404
        assert answer.json() == absent.json()
        assert (await stranger.get("/returns/v1/cases")).json()["items"] == []
    assert (
        await told.service.client("partner_agency", agency_id="x").get(f"/returns/v1/cases/{told.id}")
    ).status_code == 403


async def test_suspending_and_resuming_goes_back_to_where_it_was(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.post("suspension", {"reason_code": "new_protection_claim"})
    assert told.case["state"] == "SUSPENDED"
    await told.post("resumption", {})
    assert told.case["state"] == "ELIGIBLE"
    events = [event.data for event in await told.service.published("returns.case.suspended.v1")]
    assert "new_protection_claim" not in str(events)


async def test_no_name_leaves_the_vault(running: Run) -> None:
    told = await story(running)
    await told.arrived(FAMILY)
    for event in await told.service.published():
        assert NAME not in event.model_dump_json()
    shown = await told.caseworker.get(f"/returns/v1/cases/{told.id}")
    assert NAME in shown.text
    for table in ("audit", "case_history", "notification", "case_person", "idempotency"):
        rows = await told.service.fetch(f"SELECT t::text AS line FROM {table} t")
        assert rows
        assert not any(NAME in row["line"] for row in rows)
    opened = await told.service.fetch(
        "SELECT facts FROM audit WHERE action = 'personal-data.opened' AND actor = 'cw-1'"
    )
    assert any("case-read" in str(row["facts"]) for row in opened)


async def test_the_checklist_says_what_blocks_each_step(running: Run) -> None:
    told = await story(running)
    await told.open()
    steps = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/checklist")).json()
    by_name = {step["step"]: step for step in steps}
    assert by_name["withdraw"]["possible"] is True
    assert {item["code"] for item in by_name["submit"]["missing"]} == {"consent", "declaration", "counselling"}


async def test_an_erased_person_is_not_readable_any_more(running: Run) -> None:
    told = await story(running)
    await told.open()
    officer = told.service.client("protection_officer", offices=["ZRH"])
    path = f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}/erasure"
    assert (await officer.post(path)).json()["slug"] == "case-not-over"
    await told.caseworker.post(f"/returns/v1/cases/{told.id}/withdrawal", json={})
    assert (await officer.post(path)).status_code == 200
    shown = await told.caseworker.get(f"/returns/v1/cases/{told.id}")
    assert NAME not in shown.text
    assert shown.json()["persons"][0]["identity"] == {}
    assert len(await told.service.published("returns.person.erasure-ordered.v1")) == 1
