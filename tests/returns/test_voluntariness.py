"""The gates of a free and informed choice, over HTTP: counselled, not rushed, able, unopposed, free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.story import CONSULATE, FAMILY, HASH, PARTNER, PROGRAMME, CaseStory, person
from tests.returns.test_other_courses import codes, story

pytestmark = pytest.mark.asyncio(loop_scope="session")
RULES = {
    "valid_from": "2026-01-01",
    "source": "Handbook 2026",
    "cooling_off_days": 3,
    "reconfirmation_days": 5,
    "reopen_days": 2,
    "booking_protects_days": 14,
}


async def publish(told: CaseStory, programmes: list[str], expect: int, **more: Any) -> dict[str, Any]:
    manager = told.service.client("programme_manager", programmes=programmes)
    answer = await manager.post(f"/returns/v1/programmes/{PROGRAMME}/voluntariness-rules", json={**RULES, **more})
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_programmes_periods_are_versioned_data_of_its_own_manager(running: Run) -> None:
    told = await story(running)
    assert (await publish(told, [], 409))["slug"] == "programme-not-known-yet"
    await publish(told, [PROGRAMME], 201)
    await publish(told, [PROGRAMME], 201, valid_from="2026-02-01", cooling_off_days=1)
    listed = await told.caseworker.get(f"/returns/v1/programmes/{PROGRAMME}/voluntariness-rules")
    assert [row["cooling_off_days"] for row in listed.json()] == [1, 3]


async def test_cooling_off_lies_between_the_counselling_and_the_declaration(running: Run) -> None:
    told = await story(running)
    await publish(told, [PROGRAMME], 201)
    await told.open()
    await told.consent()
    await told.counsel()
    await told.declare()
    assert codes(await told.post("submission", {}, expect=409)) == {"cooling-off"}
    told.service.clock.advance(days=3)
    await told.declare()
    await told.post("submission", {})


async def test_a_consent_is_taken_alone_and_no_interpreter_is_close(running: Run) -> None:
    told = await story(running)
    await told.open()
    body = {
        "person_ref": told.refs()[0],
        "recipients": [PARTNER],
        "purposes": ["reintegration"],
        "data_classes": ["identity"],
        "language": "ka",
        "text_version": "1",
        "text_hash": HASH,
    }
    for wrong in ({"taken_alone": False}, {"interpreter": "community"}):
        refused = await told.post("consents", {**body, **wrong}, expect=409)
        assert refused["slug"] == "consent-not-taken-alone"


async def test_anybody_may_doubt_and_a_ready_case_falls_back_until_a_doctor_settles_it(running: Run) -> None:
    told = await story(running)
    await told.ready()
    travel_on = told.case["travel_on"]
    ref = told.refs()[0]
    travel = told.service.client("travel_officer", authority_id="SEM", subject="to-1")
    await told.fact("capacity_doubt", None, ref, client=travel)
    assert (told.case["state"], told.case["travel_on"]) == ("PRE_DEPARTURE", travel_on)
    assert codes(await told.post("readiness", {}, expect=409)) == {"capacity"}
    own = await told.fact("capacity_confirmed", "able_to_decide", ref, expect=409)
    assert (own["slug"], own["roles"]) == ("fact-of-another-desk", ["medical_officer"])
    doctor = told.service.client("medical_officer", authority_id="SEM", subject="md-1")
    await told.fact("capacity_confirmed", "able_to_decide", ref, client=doctor)
    await told.post("readiness", {})


async def test_a_child_who_disagrees_stops_the_case_until_an_order_settles_it(running: Run) -> None:
    told = await story(running)
    await told.prepared([person("main_applicant"), person("child")])
    await told.papers()
    child = told.refs(adults=False)[0]
    await told.fact("child_view", "disagrees", child)
    assert told.case["state"] == "SUSPENDED"
    assert codes(await told.post("resumption", {}, expect=409)) == {"child-view-conflict"}
    await told.fact("custody_settled", "court_order", child)
    await told.post("resumption", {})
    await told.post("readiness", {})
    await told.fact("guardian_view", "disagrees", child)
    assert told.case["state"] == "SUSPENDED"


async def test_a_carer_who_withdraws_the_day_before_takes_the_case_back(running: Run) -> None:
    told = await story(running)
    ward = person("ward", unaccompanied=True)
    await told.open([ward])
    await told.protect_children()
    assert codes(await told.post("submission", {}, expect=409)) == {"best-interests"}
    panel = told.service.client("best_interests_panel", offices=["ZRH"], subject="bip-1")
    await told.fact("best_interests_decision", "return_in_best_interests", told.refs()[0], client=panel)
    await told.post("submission", {})
    found = [{"person_ref": told.refs()[0]}]
    await told.post("screening", {"persons": found, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})
    await told.quoted()
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    await told.funded()
    await told.post("pre-departure", {"partner_id": PARTNER})
    await told.papers()
    await told.post("readiness", {})
    await told.fact("carer_withdrew", None, told.refs()[0])
    assert told.case["state"] == "PRE_DEPARTURE"
    assert codes(await told.post("readiness", {}, expect=409)) == {"best-interests", "carer-confirmed"}


async def test_from_detention_every_safeguard_and_a_second_confirmation_a_day_later(running: Run) -> None:
    told = await story(running)
    await told.open()
    await told.fact("detention", "detained")
    await told.consent()
    await told.counsel()
    await told.declare()
    lacking = codes(await told.post("submission", {}, expect=409))
    safeguards = ("legal_advice_offered", "talk_without_guards", "no_effect_statement", "second_confirmation")
    assert lacking == {f"detention.{kind}" for kind in safeguards}
    await told.fact("legal_advice_offered", "declined")
    await told.fact("talk_without_guards")
    await told.fact("no_effect_statement")
    assert (await told.fact("second_confirmation", expect=409))["slug"] == "confirmed-too-early"
    told.service.clock.advance(hours=24)
    await told.fact("second_confirmation")
    await told.post("submission", {})


async def test_a_conditional_declaration_is_sealed_until_the_departure(running: Run) -> None:
    told = await story(running)
    await told.open()
    ref = told.refs()[0]
    await told.fact("conditional_claim_withdrawal", "signed_with_advice", ref)
    told_before = len(await told.service.published())
    path = f"/returns/v1/cases/{told.id}/facts"
    await told.consent()
    await told.counsel()
    await told.declare()
    await told.post("submission", {})
    (own, *_) = (await told.caseworker.get(path)).json()
    assert (own["kind"], own["effect"]) == ("conditional_claim_withdrawal", "sealed")
    assert "conditional_claim_withdrawal" not in (await told.officer.get(path)).text
    history = await told.officer.get(f"/returns/v1/cases/{told.id}/history")
    assert "conditional" not in history.text
    assert "conditional" not in "".join(each.model_dump_json() for each in await told.service.published())
    assert told_before == 1
    await told.post("withdrawal", {})
    (void, *_) = (await told.caseworker.get(path)).json()
    assert void["effect"] == "void"


async def test_a_frozen_file_goes_nowhere_but_withdrawing_stays_open(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    officer = told.service.client("protection_officer", offices=["ZRH"], subject="po-1")
    answer = await officer.post(f"/returns/v1/cases/{told.id}/disclosure-freeze", json={"frozen": True})
    assert answer.status_code == 200, answer.text
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"
    refused = await told.post("readiness", {}, expect=409)
    assert codes(refused) == {"not-now"}
    assert "withdraw" in refused["open_transitions"]


async def test_a_recorded_fact_that_was_wrong_is_voided_and_stays_readable(running: Run) -> None:
    told = await story(running)
    await told.ready()
    path = f"/returns/v1/cases/{told.id}/facts"
    (fact,) = (await told.caseworker.get(path)).json()
    body = {"fact": "recorded_fact", "fact_id": fact["id"], "reason_code": "wrong_person"}
    await told.post("corrections", body)
    assert told.case["state"] == "PRE_DEPARTURE"
    (voided,) = (await told.caseworker.get(path)).json()
    assert (voided["voided_on"], voided["void_reason"]) == (told.today.isoformat(), "wrong_person")
    assert codes(await told.post("readiness", {}, expect=409)) == {"counselling"}
    assert (await told.post("corrections", {**body, "fact": "arrival"}, expect=422))["slug"] == "correction-unclear"


async def test_the_reconfirmation_follows_the_programmes_days(running: Run) -> None:
    told = await story(running)
    await publish(told, [PROGRAMME], 201, cooling_off_days=0)
    await told.prepared()
    await told.papers()
    assert codes(await told.post("readiness", {}, expect=409)) == {"reconfirmation"}
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=5)).isoformat()})
    await told.post("readiness", {})


async def test_a_partner_may_doubt_before_the_journey_and_learns_nothing(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    ref = told.refs(adults=True)[0]
    path = f"/returns/v1/cases/{told.id}/concerns"
    answer = await told.partner.post(path, json={"person_refs": [ref]})
    assert (answer.status_code, answer.json()) == (201, {"received": True})
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"
    assert codes(await told.post("readiness", {}, expect=409)) == {"capacity"}
    stranger = told.service.client("reintegration_partner", partner_id=PROGRAMME)
    assert (await stranger.post(path, json={})).status_code == 404
    assert (await told.partner.post(path, json={"person_refs": ["nobody"]})).status_code == 404


async def test_an_agency_doubts_through_its_messages(running: Run) -> None:
    told = await story(running)
    await told.ready()
    message = {"message_id": str(uuid4()), "sender_id": CONSULATE, "message_type": "concern.raised"}
    message |= {"case_id": told.id, "person_refs": [], "facts": {}}
    await told.service.receive("registry.agency-message.received.v1", message, key=told.id)
    assert codes(await told.post("readiness", {}, expect=409)) == {"capacity"}
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"


async def test_from_detention_nothing_is_decided_within_the_days_of_the_programme(running: Run) -> None:
    told = await story(running)
    await told.open()
    await told.fact("detention", "detained")
    await told.consent()
    await told.counsel()
    await told.declare()
    for kind, value in (
        ("legal_advice_offered", "taken"),
        ("talk_without_guards", None),
        ("no_effect_statement", None),
    ):
        await told.fact(kind, value)
    told.service.clock.advance(hours=24)
    await told.fact("second_confirmation")
    await told.post("submission", {})
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})
    await told.quoted()
    decision = {"outcome": "approved", "quote_id": told.quote_id}
    answer = await told.officer.post(
        f"/returns/v1/cases/{told.id}/decision", json=decision, headers={"If-Match": f'"{told.case["version"]}"'}
    )
    assert codes(answer.json()) == {"detention.too-early"}
    told.service.clock.advance(days=2)
    await told.post("decision", decision, client=told.officer)


async def test_two_protection_officers_let_disclosures_go_on_and_nobody_else_sees_it(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    first, second = (
        told.service.client("protection_officer", offices=["ZRH"], subject=subject) for subject in ("po-1", "po-2")
    )
    path = f"/returns/v1/cases/{told.id}"
    for call in ("freeze", "release"):
        assert (await first.post(f"{path}/disclosure-{call}", json={})).status_code == 200
    alone = await first.post(f"{path}/disclosure-release", json={})
    assert (alone.status_code, alone.json()["slug"]) == (409, "release-needs-another")
    shown = (await second.get(f"{path}/disclosure-freeze")).json()
    assert (shown["frozen_on"], shown["release_proposed_on"]) == (told.today.isoformat(), told.today.isoformat())
    assert "release" not in (await told.caseworker.get(f"{path}/facts")).text
    assert "propose" not in (await told.caseworker.get(f"{path}/history")).text
    assert (await second.post(f"{path}/disclosure-release", json={})).status_code == 200
    assert (await first.get(f"{path}/disclosure-freeze")).json()["frozen_on"] is None
    types = [event.type.split(".")[2] for event in await told.service.published()]
    assert types[-2:] == ["disclosure-frozen", "disclosure-released"]


async def test_a_part_of_a_frozen_file_stays_frozen(running: Run) -> None:
    told = await story(running)
    await told.submitted(FAMILY)
    officer = told.service.client("protection_officer", offices=["ZRH"], subject="po-1")
    await officer.post(f"/returns/v1/cases/{told.id}/disclosure-freeze", json={})
    await told.refresh()
    await told.post("split", {"person_refs": told.refs(relation="sibling")}, expect=201)
    frozen = {event.data["case_id"] for event in await told.service.published("returns.case.disclosure-frozen.v1")}
    assert len(frozen) == 2


async def test_a_programmes_legal_bases_are_versions_apart_from_every_consent(running: Run) -> None:
    told = await story(running)
    await told.open()
    manager = told.service.client("programme_manager", programmes=[PROGRAMME])
    path = f"/returns/v1/programmes/{PROGRAMME}/legal-bases"
    body = {"purpose": "application", "basis": "public_task", "instrument": "AsylA", "article": "Art. 93"}
    body |= {"source": "Fedlex", "valid_from": "2026-01-01"}
    assert (await manager.post(path, json={**body, "basis": "consent"})).status_code == 422
    turned = await manager.post(path, json={**body, "valid_to": "2025-01-01"})
    assert turned.json()["slug"] == "period-turned-round"
    for article, since in (("Art. 93", "2026-01-01"), ("Art. 93a", "2026-02-01"), ("Art. 94", "2027-01-01")):
        assert (await manager.post(path, json={**body, "article": article, "valid_from": since})).status_code == 201
    assert len((await manager.get(path)).json()) == 3
    (now,) = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/legal-bases")).json()
    assert now["article"] == "Art. 93a"
