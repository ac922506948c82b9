"""The clocks of a case over HTTP: what is due first and why, more time, rests, reminders, and that nothing ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.returns.commands import advance_deadlines
from shared.testing.plugin import Run
from tests.returns.story import CLAUSE, CONSULATE, CaseStory, person
from tests.returns.test_disclosures import Packages

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


async def deadlines(told: CaseStory, client: Any = None) -> dict[str, dict[str, Any]]:
    answer = await (client or told.caseworker).get(f"/returns/v1/cases/{told.id}/deadlines")
    assert answer.status_code == 200, answer.text
    return {entry["clock"]: entry for entry in answer.json()}


async def advance(told: CaseStory, **passed: int) -> None:
    told.service.clock.advance(**passed)
    await advance_deadlines.run(told.service.runtime)


async def extend(told: CaseStory, entry: dict[str, Any], until: date, *, client: Any = None) -> Any:
    path = f"/returns/v1/cases/{told.id}/deadlines/{entry['id']}/extension"
    body = {"until": until.isoformat(), "reason_code": "interview_moved"}
    return await (client or told.caseworker).post(path, json=body)


async def test_from_the_first_day_a_case_says_what_is_due_and_why(running: Run) -> None:
    told = await story(running)
    await told.open()
    found = await deadlines(told)
    assert list(found) == ["application"]
    entry = found["application"]
    assert entry["due_on"] == (told.today + timedelta(days=30)).isoformat()
    assert entry["why"] == (
        f"The application is completed and handed in: due on {entry['due_on']}, in 30 days; it lies with the office."
    )
    assert entry["source"]
    assert entry["urgency"] == "later"


async def test_each_step_ends_its_clock_and_starts_the_next(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    assert set(await deadlines(told)) == {"screening"}
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})
    assert set(await deadlines(told)) == {"decision"}
    await told.quoted()
    await told.post("decision", {"outcome": "approved", "quote_id": told.quote_id}, client=told.officer)
    assert set(await deadlines(told)) == {"funding"}
    await told.funded()
    assert set(await deadlines(told)) == {"preparation_start"}
    await told.post("withdrawal", {})
    assert await deadlines(told) == {}
    kept = await told.service.fetch("SELECT clock FROM case_deadline WHERE ended_on IS NULL")
    assert kept == []


async def test_papers_that_expire_before_the_journey_come_first_and_say_so(running: Run) -> None:
    told = await story(running)
    await told.prepared([person("main_applicant", medical_needed=True)])
    (ref,) = told.refs()
    document = {"person_ref": ref, "kind": "passport", "issuer": "GEO", "number": "X123"}
    until = (told.today + timedelta(days=5)).isoformat()
    await told.post("travel-documents", {**document, "valid_until": until}, expect=201)
    travel_on = told.today + timedelta(days=20)
    await told.post("itinerary", {"travel_on": travel_on.isoformat()})
    found = await deadlines(told)
    assert next(iter(found)) == "travel_document_validity"
    assert found["travel_document_validity"]["before_the_journey"] is True
    assert f"before the journey on {travel_on.isoformat()}" in found["travel_document_validity"]["why"]
    assert found["medical_clearance"]["started_on"] == (travel_on - timedelta(days=14)).isoformat()
    assert found["reconfirmation"]["started_on"] == (travel_on - timedelta(days=14)).isoformat()
    form = {"person_ref": ref, "kind": "medif", "outcome": "fit", "issued_by": "treating_physician"}
    await told.post(
        "medical-clearances", form, expect=201, client=told.service.client("medical_officer", offices=["ZRH"])
    )
    await told.refresh()
    entry = (await deadlines(told))["airline_medical_form"]
    assert entry["started_on"] == (travel_on - timedelta(days=7)).isoformat()
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=6)).isoformat()})
    assert "airline_medical_form" not in await deadlines(told)


async def test_a_partner_that_is_not_named_is_told_in_time(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.funded()
    travel_on = told.today + timedelta(days=40)
    await told.post("itinerary", {"travel_on": travel_on.isoformat()})
    found = (await deadlines(told))["partner_lead_time"]
    assert found["due_on"] == (travel_on - timedelta(days=14)).isoformat()
    assert found["extended_by_roles"] == []
    refused = await extend(told, found, travel_on)
    assert (refused.status_code, refused.json()["slug"]) == (409, "deadline-cannot-be-extended")


async def test_more_time_with_a_reason_and_back_again(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    entry = (await deadlines(told))["screening"]
    base = date.fromisoformat(entry["base_on"])
    longer = await extend(told, entry, base + timedelta(days=10))
    assert longer.status_code == 200, longer.text
    assert longer.json()["due_on"] == (base + timedelta(days=10)).isoformat()
    early = await extend(told, entry, base - timedelta(days=1))
    assert (early.status_code, early.json()["slug"]) == (409, "extension-too-early")
    assert early.json()["base_on"] == base.isoformat()
    assert (await extend(told, entry, base)).json()["due_on"] == base.isoformat()
    actions = [row["told"] for row in (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()]
    await told.refresh()
    await told.post("withdrawal", {})
    assert (await extend(told, entry, base)).json()["slug"] == "deadline-has-ended"
    assert "gave a deadline another day (screening: " in actions[-1]
    assert "reason: interview moved" in actions[-1]


async def test_another_desk_does_not_extend_and_a_stranger_sees_nothing(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    entry = (await deadlines(told))["decision"]
    refused = await extend(told, entry, told.today + timedelta(days=60))
    assert (refused.status_code, refused.json()["roles"]) == (409, ["case_officer"])
    stranger = told.service.client("case_officer", authority_id="BAMF")
    foreign = await extend(told, entry, told.today + timedelta(days=60), client=stranger)
    absent = await extend(told, {"id": uuid4()}, told.today + timedelta(days=60), client=told.officer)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.json()["slug"] == absent.json()["slug"]


async def test_reminders_a_missed_deadline_and_the_ladder_are_told_once_each(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    for _ in range(2):
        await advance(told, days=8)
        await advance(told)
    await advance(told, days=7)
    kinds = "SELECT kind, role FROM notification WHERE kind LIKE 'deadline.%' ORDER BY id"
    assert [tuple(row) for row in await told.service.fetch(kinds)] == [
        ("deadline.near", "case_officer"),
        ("deadline.missed", "case_officer"),
        ("deadline.escalated", "office_lead"),
    ]
    (missed,) = await told.service.published("returns.deadline.missed.v1")
    assert (missed.data["clock"], missed.data["delay_with"]) == ("decision", "authority")
    await told.refresh()
    assert told.case["state"] == "ELIGIBLE"


async def test_a_resting_case_misses_nothing_and_gets_its_days_back(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    before = date.fromisoformat((await deadlines(told))["decision"]["due_on"])
    await told.post("suspension", {"reason_code": "illness"})
    await advance(told, days=29)
    resting = (await deadlines(told))["decision"]
    assert resting["urgency"] == "resting"
    assert resting["paused_because"] == "the case rests"
    assert await told.service.published("returns.deadline.missed.v1") == []
    await told.refresh()
    await told.post("resumption", {})
    after = (await deadlines(told))["decision"]
    assert date.fromisoformat(after["due_on"]) == before + timedelta(days=29)
    assert after["paused_since"] is None


async def test_a_departure_period_that_is_over_waits_for_an_officer(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    until = told.today + timedelta(days=10)
    await told.post("departure-period", {"depart_by": until.isoformat()}, client=told.officer)
    await advance(told, days=11)
    found = await deadlines(told, told.officer)
    assert found["departure_period"]["missed_on"] == told.today.isoformat()
    assert found["departure_period_review"]["owed_by"] == "authority"
    later = told.today + timedelta(days=30)
    longer = await extend(told, found["departure_period"], later, client=told.officer)
    assert longer.json()["due_on"] == later.isoformat()
    assert "departure_period_review" not in await deadlines(told)
    await told.refresh()
    bare = await told.post("departure-period", {"depart_by": until.isoformat()}, client=told.officer, expect=422)
    assert bare["slug"] == "period-needs-reason"


async def test_a_first_period_outside_of_the_directive_needs_a_reason(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    for days in (6, 31):
        body = {"depart_by": (told.today + timedelta(days=days)).isoformat()}
        assert (await told.post("departure-period", body, client=told.officer, expect=422))["slug"]
        await told.refresh()
        await told.post("departure-period", {**body, "reason_code": "return_decision"}, client=told.officer)
        await told.post("departure-period", {"depart_by": None, "reason_code": "annulled"}, client=told.officer)


async def test_no_timer_ever_ends_a_case(running: Run) -> None:
    told = await story(running)
    await told.prepared()
    until = (told.today + timedelta(days=10)).isoformat()
    await told.post("departure-period", {"depart_by": until}, client=told.officer)
    for _ in range(6):
        await advance(told, days=30)
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"


async def asked(running: Run, **clause: Any) -> tuple[Packages, dict[str, Any]]:
    """A request to a consulate, approved, under a clause that says this."""
    told = Packages(await running("returns"))
    await told.world()
    named = {"clause_id": CLAUSE, "code": "identity", "data_clause": True, "recipient_kinds": ["consulate"]}
    agreement = {"agreement_id": str(uuid4()), "partnership_id": str(uuid4()), "valid_from": "2026-01-01"}
    body = {**agreement, "clauses": [{**named, **clause}]}
    await told.service.receive("registry.agreement.published.v1", body, key=agreement["agreement_id"])
    await told.bases()
    await told.submitted()
    package = await told.package()
    assert (await told.approve(package)).status_code == 200
    return told, package


async def says(told: CaseStory, message_type: str) -> None:
    fact = {"message_id": str(uuid4()), "sender_id": CONSULATE, "message_type": message_type, "case_id": told.id}
    await told.service.receive("registry.agency-message.received.v1", fact, key=told.id)


async def test_the_clause_sets_the_consulates_clock_and_only_it_makes_silence_count(running: Run) -> None:
    told, package = await asked(running, reply_days=25, longest_reply_days=60, deemed_agreement=True)
    entry = (await deadlines(told))["consulate_reply"]
    assert entry["due_on"] == (told.today + timedelta(days=25)).isoformat()
    assert entry["source"] == "Clause identity of the agreement"
    assert entry["disclosure_id"] == package["id"]
    long = await extend(told, entry, told.today + timedelta(days=61))
    assert (long.status_code, long.json()["slug"]) == (409, "extension-too-long")
    await advance(told, days=26)
    entry = (await deadlines(told))["consulate_reply"]
    assert "silence counts as agreement" in entry["why"]
    (missed,) = [e for e in await told.service.published("returns.deadline.missed.v1") if "reply" in e.data["clock"]]
    assert missed.data["delay_with"] == "consulate"


async def test_without_a_word_in_the_clause_silence_never_counts_and_no_clause_is_no_clock(running: Run) -> None:
    told, _ = await asked(running, reply_days=25)
    await advance(told, days=26)
    entry = (await deadlines(told))["consulate_reply"]
    assert (entry["silence_counts"], "silence" in entry["why"]) == (False, False)
    over = {"clause_id": CLAUSE, "code": "identity", "data_clause": True, "reply_days": 25}
    agreement = {"agreement_id": str(uuid4()), "partnership_id": str(uuid4()), "valid_from": "2026-01-01"}
    ended = {**agreement, "valid_to": "2026-01-31", "clauses": [over]}
    await told.service.receive("registry.agreement.published.v1", ended, key=agreement["agreement_id"])
    await says(told, "request.acknowledged")
    assert "consulate_reply" not in await deadlines(told), "a clause that did not hold on the day starts no clock"
    bare, _ = await asked(running)
    found = await deadlines(bare)
    assert "consulate_reply" not in found
    assert found["consulate_reply_asked"]["source"].endswith("no clause binds the recipient to it")


async def test_silence_counts_for_the_kinds_of_request_the_clause_names(running: Run) -> None:
    told, _ = await asked(running, reply_days=25, deemed_agreement=True, deemed_for=["travel_document"])
    assert (await deadlines(told))["consulate_reply"]["silence_counts"] is False


async def test_when_the_consulate_asks_back_its_clock_rests_and_ours_runs(running: Run) -> None:
    told, _ = await asked(running, reply_days=25)
    assert (await deadlines(told))["screening"]["urgency"] == "resting"
    await says(told, "information.requested")
    found = await deadlines(told)
    assert found["consulate_reply"]["paused_because"] == "the recipient asked something back and waits for us"
    assert found["answer_to_recipient"]["owed_by"] == "office"
    assert found["screening"]["urgency"] != "resting"
    await says(told, "identity.confirmed")
    assert set(await deadlines(told)) == {"screening"}


async def test_a_case_from_before_the_clocks_gets_them_by_itself(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    await told.service.fetch("DELETE FROM case_deadline")
    await told.service.fetch("UPDATE return_case SET office_due_on = NULL, next_look_on = DATE '2026-03-02'")
    assert await deadlines(told) == {}
    await advance(told)
    assert set(await deadlines(told)) == {"screening"}
