"""The exceptional courses of a case, each as a story over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.returns.commands import advance_deadlines
from shared.testing.plugin import Run
from tests.returns.story import FAMILY, PARTNER, PROGRAMME, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def codes(refused: dict[str, Any]) -> set[str]:
    return {item["code"] for item in refused["missing"]}


def second_officer(told: CaseStory, subject: str = "co-2") -> Any:
    return told.service.client("case_officer", authority_id="SEM", subject=subject)


async def overdue(told: CaseStory) -> None:
    await told.prepared()
    depart_by = (told.today + timedelta(days=10)).isoformat()
    await told.post("departure-period", {"depart_by": depart_by}, client=told.officer)
    told.service.clock.advance(days=11)


async def test_a_period_that_is_over_raises_a_flag_and_ends_nothing(running: Run) -> None:
    told = await story(running)
    await overdue(told)
    for _ in range(2):
        await advance_deadlines.run(told.service.runtime)
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"
    missed = await told.service.published("returns.deadline.missed.v1")
    assert [event.data["delay_with"] for event in missed] == ["unknown"]


async def test_a_lapse_needs_two_officers_and_nobody_elses_delay(running: Run) -> None:
    told = await story(running)
    await overdue(told)
    body = {"step": "proposed", "told_in_writing_on": told.today.isoformat()}
    await told.fact("delay", "consulate")
    assert codes(await told.post("lapse", body, client=told.officer, expect=409)) == {"delay"}
    await told.fact("delay", "applicant")
    early = await told.post("lapse", {**body, "step": "confirmed"}, client=told.officer, expect=409)
    assert codes(early) == {"proposal"}
    await told.refresh()
    await told.post("lapse", body, client=told.officer)
    assert told.case["state"] == "PRE_DEPARTURE"
    alone = await told.post("lapse", {"step": "confirmed"}, client=told.officer, expect=409)
    assert codes(alone) == {"four-eyes"}
    await told.post("lapse", {"step": "confirmed"}, client=second_officer(told))
    assert told.case["state"] == "LAPSED"
    events = await told.service.published("returns.case.lapsed.v1")
    assert [event.data["reason_group"] for event in events] == ["authority"]


async def test_an_extension_takes_a_lapsed_case_up_again_and_asks_for_the_money(running: Run) -> None:
    told = await story(running)
    await overdue(told)
    body = {"step": "proposed", "told_in_writing_on": told.today.isoformat()}
    await told.post("lapse", body, client=told.officer)
    await told.post("lapse", {"step": "confirmed"}, client=second_officer(told))
    later = (told.today + timedelta(days=30)).isoformat()
    await told.post("departure-period", {"depart_by": later, "reason_code": "school_year"}, client=told.officer)
    assert (told.case["state"], told.case["funding"]) == ("PRE_DEPARTURE", "awaited")
    first, again = await told.service.published("returns.case.approved.v1")
    lines = [{line["line_id"] for line in event.data["lines"]} for event in (first, again)]
    assert not lines[0] & lines[1]
    assert first.data["total"] == again.data["total"]


async def test_a_lapse_is_barred_while_a_journey_is_booked_or_a_remedy_runs(running: Run) -> None:
    told = await story(running)
    await overdue(told)
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=5)).isoformat()})
    await told.fact("remedy", "pending")
    body = {"step": "proposed", "told_in_writing_on": told.today.isoformat()}
    assert codes(await told.post("lapse", body, client=told.officer, expect=409)) == {"booked", "remedy"}


async def test_a_revocation_needs_a_hearing_reasons_and_two_officers_and_can_be_reviewed(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.funded()
    bare = await told.post("revocation", {"step": "proposed"}, client=told.officer, expect=409)
    assert codes(bare) == {"hearing", "reasons"}
    day = told.today.isoformat()
    await told.post("revocation", {"step": "proposed", "heard_on": day, "told_in_writing_on": day}, client=told.officer)
    await told.post("revocation", {"step": "confirmed"}, client=second_officer(told))
    assert told.case["state"] == "REVOKED"
    await told.post("review", {"step": "requested"})
    for hand in ("co-1", "co-2"):
        refused = await told.post("review", {"step": "granted"}, client=second_officer(told, hand), expect=409)
        assert codes(refused) == {"four-eyes"}
    await told.post("review", {"step": "granted"}, client=second_officer(told, "co-3"))
    assert (told.case["state"], told.case["funding"]) == ("APPROVED", "awaited")


async def test_a_review_that_confirms_leaves_everything_as_it_was(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.post("review", {"step": "requested"})
    assert told.case["state"] == "UNDER_REVIEW"
    await told.post("review", {"step": "confirmed"}, client=second_officer(told))
    assert told.case["state"] == "APPROVED"


async def test_an_amount_that_was_wrong_is_decided_anew_on_a_new_calculation(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.post("review", {"step": "requested"})
    await told.post("review", {"step": "granted"}, client=second_officer(told))
    assert (told.case["state"], told.case["funding"]) == ("ELIGIBLE", "none")
    kinds = [event.type.split(".")[2] for event in await told.service.published()]
    assert kinds[-2:] == ["revoked", "resumed"]


async def test_a_withdrawal_regretted_is_reopened_with_fresh_consent(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    await told.post("withdrawal", {})
    refused = await told.post("reopening", {}, expect=409)
    assert codes(refused) == {"declaration", "fresh-consent"}
    await told.declare()
    await told.consent()
    await told.post("reopening", {})
    assert (told.case["state"], told.case["funding"]) == ("APPROVED", "awaited")
    assert len(await told.service.published("returns.case.resumed.v1")) == 1


async def test_after_the_days_of_the_programme_a_new_case_follows(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    await told.post("withdrawal", {})
    told.service.clock.advance(days=31)
    await told.declare()
    await told.consent()
    assert codes(await told.post("reopening", {}, expect=409)) == {"reopening-period"}


async def test_nobody_boarded_is_rebooked_and_counted(running: Run) -> None:
    told = await story(running)
    await told.ready()
    await told.post("did-not-board", {})
    assert told.case["state"] == "PRE_DEPARTURE"
    await told.post("readiness", {})
    assert told.case["state"] == "READY"


async def test_refused_entry_is_prepared_anew_with_fresh_consent_and_money(running: Run) -> None:
    told = await story(running)
    await told.departed()
    await told.post("return-failure", {"reason_code": "refused_entry", "reason_group": "third_party"})
    assert codes(await told.post("new-preparation", {}, expect=409)) == {"declaration", "fresh-consent", "shelter"}
    await told.sheltered("not_needed")
    await told.declare()
    await told.consent()
    await told.post("new-preparation", {})
    assert (told.case["state"], told.case["funding"]) == ("PRE_DEPARTURE", "awaited")


async def test_they_left_on_their_own(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    assert codes(await told.post("unassisted-departure", {}, expect=409)) == {"departure-evidence"}
    await told.fact("left_on_their_own", "border_certificate")
    await told.post("unassisted-departure", {"reason_group": "applicant"})
    assert told.case["state"] == "DEPARTED_UNASSISTED"
    (event,) = await told.service.published("returns.case.cancelled.v1")
    assert event.data["outcome"] == "departed_unassisted"


async def test_nobody_is_told_that_they_may_stay(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    await told.post("permission-to-stay", {}, client=told.officer)
    assert told.case["state"] == "STATUS_GRANTED"
    (event,) = await told.service.published("returns.case.cancelled.v1")
    assert (event.data["outcome"], event.data["reason_group"]) == ("cancelled", "circumstances")
    assert not any("STATUS_GRANTED" in each.model_dump_json() for each in await told.service.published())


async def test_a_death_stops_everything_about_the_person_and_the_family_decides(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    mother = told.refs(relation="main_applicant")[0]
    await told.post(f"persons/{mother}/death", {})
    assert told.case["state"] == "PRE_DEPARTURE"
    travelling = [entry for entry in told.case["persons"] if entry["travel_status"] != "NOT_TRAVELLING"]
    assert mother not in {entry["person_ref"] for entry in travelling}
    assert [entry["relation"] for entry in travelling].count("main_applicant") == 1
    (event,) = await told.service.published("returns.person.deceased.v1")
    assert event.data["person_ref"] == mother


async def test_the_death_of_the_last_traveller_ends_the_case_neutrally(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    await told.post(f"persons/{told.refs()[0]}/death", {})
    assert told.case["state"] == "CANCELLED"
    (event,) = await told.service.published("returns.case.cancelled.v1")
    assert event.data["reason_group"] == "circumstances"


async def test_lost_contact_rests_until_the_person_is_found(running: Run) -> None:
    told = await story(running)
    await told.ready()
    await told.post("suspension", {"reason_code": "lost_contact"})
    assert codes(await told.post("resumption", {}, expect=409)) == {"contact"}
    await told.fact("contact_restored")
    await told.post("resumption", {})
    assert told.case["state"] == "PRE_DEPARTURE"


async def test_a_new_protection_claim_freezes_everything_and_says_nothing(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    await told.post("suspension", {"reason_code": "new_protection_claim", "reason_group": "applicant"})
    types = [event.type for event in await told.service.published()]
    assert "returns.case.disclosure-frozen.v1" in types
    (event,) = await told.service.published("returns.case.suspended.v1")
    assert event.data["reason_group"] == "circumstances"


async def test_an_arrival_on_the_wrong_case_is_corrected_and_stays_readable(running: Run) -> None:
    told = await story(running)
    await told.arrived()
    await told.post("corrections", {"fact": "arrival", "reason_code": "wrong_case"})
    assert (told.case["state"], told.case["arrived_on"]) == ("DEPARTED", None)
    assert {entry["travel_status"] for entry in told.case["persons"]} == {"BOARDED"}
    (event,) = await told.service.published("returns.case.fact-corrected.v1")
    assert event.data["fact"] == "arrival"
    assert event.data["original_on"] == told.today.isoformat()
    actions = [row["action"] for row in (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()]
    assert actions[-2:] == ["arrive", "correct_arrival"]


async def test_a_self_organised_return_goes_from_the_grant_to_the_arrival(running: Run) -> None:
    told = await story(running)
    await told.service.receive("registry.programme.rules-published.v1", _all_kinds(), key=PROGRAMME)
    await told.approved_kind("self_organised")
    await told.funded()
    refused = await told.post("pre-departure", {"partner_id": PARTNER}, expect=409)
    assert codes(refused) == {"state"}
    await told.post("arrival", {"evidence": "self_report"})
    assert told.case["state"] == "ARRIVED"


async def test_a_humanitarian_return_needs_the_exit_clearance(running: Run) -> None:
    told = await story(running)
    await told.service.receive("registry.programme.rules-published.v1", _all_kinds(), key=PROGRAMME)
    await told.approved_kind("humanitarian_return")
    await told.funded()
    await told.post("pre-departure", {"partner_id": PARTNER})
    await told.papers()
    assert codes(await told.post("readiness", {}, expect=409)) == {"exit-clearance"}
    await told.fact("exit_clearance")
    await told.post("readiness", {})


def _all_kinds() -> dict[str, Any]:
    kinds = ["avrr", "avr_transport_only", "self_organised", "humanitarian_return"]
    rules = {"programme_id": PROGRAMME, "partnership_id": None, "host": "CHE", "version": 2}
    return {**rules, "destinations": ["GEO"], "case_kinds": kinds, "component_id": None}


async def test_outside_the_scope_every_course_looks_absent(running: Run) -> None:
    told = await story(running)
    await told.prepared([person("main_applicant")])
    strangers = {
        "caseworker": told.service.client("caseworker", offices=["BRN"]),
        "case_officer": told.service.client("case_officer", authority_id="BAMF"),
    }
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("case_officer", "lapse", {"step": "proposed"}),
        ("case_officer", "revocation", {"step": "proposed"}),
        ("case_officer", "departure-period", {"depart_by": None}),
        ("case_officer", "permission-to-stay", {}),
        ("caseworker", "reopening", {}),
        ("caseworker", "unassisted-departure", {}),
        ("caseworker", f"persons/{told.refs()[0]}/death", {}),
        ("caseworker", "facts", {"kind": "exit_clearance"}),
        ("caseworker", "corrections", {"fact": "arrival", "reason_code": "x"}),
    ]
    for role, step, body in steps:
        foreign = await strangers[role].post(f"/returns/v1/cases/{told.id}/{step}", json=body)
        absent = await strangers[role].post(f"/returns/v1/cases/{uuid4()}/{step}", json=body)
        assert (foreign.status_code, foreign.json()) == (404, absent.json()), step


async def test_the_history_reads_as_a_story(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    await told.fact("delay", "consulate")
    await told.post("suspension", {"reason_code": "lost_contact"})
    told_now = [row["told"] for row in (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()]
    day = told.today.isoformat()
    assert told_now[0] == f"{day}: A caseworker opened the file."
    assert f"{day}: A caseworker recorded a fact (Whose delay it is)." in told_now
    end = "took the step: suspend; the case went from PRE_DEPARTURE to SUSPENDED; reason: lost contact."
    assert told_now[-1] == f"{day}: A caseworker {end}"
