"""When it ends: who is told, until when it is destroyed, what a recipient says, and what follows when it says nothing."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from typing import Any

import pytest

from tests.registry.told import ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ended(told: Told) -> str:
    """A case that the partner was told of and that is over; the partner's reference."""
    await told.another_case()
    await told.send()
    await told.story.fact("case.withdrawn", on="2026-03-02")
    await told.send()
    return str(told.hook.bodies[-1]["data"]["agency_case_ref"])


async def attest(told: Told, reference: str, **body: Any) -> Any:
    return await told.partner.post(f"{ROOT}/agency-cases/{reference}/attestation", json=body)


async def duties(told: Told, **filters: str) -> list[dict[str, Any]]:
    return list((await told.partner.get(f"{ROOT}/attestations", params=filters)).json()["items"])


async def test_a_recipient_attests_once_and_honestly(told: Told) -> None:
    reference = await ended(told)
    (duty,) = await duties(told, status="open")
    assert (duty["destroy_by"], duty["agency_case_ref"]) == ("2026-04-01", reference)
    assert duty["destroy_by"] == told.hook.bodies[-1]["data"]["destroy_by"]
    answer = await attest(told, reference, result="destroyed")
    assert (answer.status_code, answer.json()["status"], answer.json()["result"]) == (201, "attested", "destroyed")
    twice = await attest(told, reference, result="not_received")
    assert (twice.status_code, twice.json()["slug"]) == (409, "nothing-to-attest")
    told.clock.advance(days=60)
    await told.story.service.run_job("mark-overdue-attestations")
    assert await told.notices("protection_officer") == []


async def test_keeping_by_law_is_explained_and_seen_by_the_protection_officer(told: Told) -> None:
    reference = await ended(told)
    law = {"article": "12a(3)", "data_classes": ["identity"], "retained_until": "2036-01-01"}
    kept = "retained_under_national_law"
    for body in (
        {"result": kept},
        {"result": kept, "article": "12a(3)"},
        {"result": "destroyed", **law},
    ):
        refused = await attest(told, reference, **body)
        assert (refused.status_code, refused.json()["slug"]) == (422, "retention-not-explained")
    for said in ({"article": "anna-example-1990"}, {"article": "12 Anna"}, {"data_classes": ["anna-example"]}):
        refused = await attest(told, reference, result=kept, **law | said)
        assert (refused.status_code, refused.json()["slug"]) == (422, "invalid")
        assert "nna" not in refused.text
    assert (await attest(told, reference, result=kept, **law)).status_code == 201
    assert await told.notices("protection_officer") == ["destruction.retained-by-law"]
    overseen = await told.story.service.client("protection_officer").get(f"{ROOT}/attestations")
    assert [(entry["article"], entry["retained_until"]) for entry in overseen.json()["items"]] == [
        ("12a(3)", "2036-01-01")
    ]


async def test_others_can_neither_see_nor_attest(told: Told) -> None:
    reference = await ended(told)
    agency = told.story.client("agency")
    assert (await agency.get(f"{ROOT}/attestations")).json()["items"] == []
    foreign = await agency.post(f"{ROOT}/agency-cases/{reference}/attestation", json={"result": "destroyed"})
    absent = await agency.post(f"{ROOT}/agency-cases/ac_none/attestation", json={"result": "destroyed"})
    assert (foreign.status_code, foreign.json()) == (absent.status_code, absent.json()) == (404, absent.json())


async def test_overdue_loses_new_disclosures_and_what_is_under_way_goes_on(told: Told) -> None:
    await told.another_case()
    under_way, persons = told.story.case_id, told.story.persons
    await told.send()
    reference = await ended(told)
    told.clock.advance(days=31)
    await told.story.service.run_job("mark-overdue-attestations")
    assert "destruction.overdue" in await told.notices("protection_officer")
    assert "destruction.overdue" in await told.notices("reintegration_partner", partner_id=told.story.ids["partner"])
    told.hook.got.clear()
    await told.another_case()
    new_case = told.story.case_id
    told.story.case_id, told.story.persons = under_way, persons
    await told.story.fact("case.departed", on="2026-03-09", persons=[{"person_ref": persons[0]}])
    await told.send()
    assert told.types == ["departed"]
    assert (await attest(told, reference, result="destroyed")).status_code == 201
    told.clock.advance(hours=1, seconds=1)
    await told.send()
    assert told.types == ["departed", "itinerary.confirmed"]
    sent = await told.story.service.fetch("SELECT case_id FROM agency_case WHERE told ORDER BY agency_case_ref")
    assert new_case in {str(row["case_id"]) for row in sent}


async def test_a_consent_that_runs_out_ends_the_request(told: Told) -> None:
    await told.story.opened()
    await told.story.basis("partner", "reintegration")
    for ref in told.story.persons:
        await told.story.fact(
            "consent.given",
            consent_id=f"0199c0de-0000-7000-8000-{told.story.persons.index(ref):012d}",
            person_ref=ref,
            recipients=[told.story.ids["partner"]],
            purposes=["reintegration"],
            valid_until="2026-03-10",
        )
    await told.story.approved()
    await told.story.itinerary()
    await told.send()
    await told.story.service.run_job("end-expired-consents")
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    told.clock.advance(days=9)
    await told.story.service.run_job("end-expired-consents")
    await told.story.service.run_job("end-expired-consents")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]


async def test_a_suspension_is_told_later_and_not_at_all_when_it_goes_on(told: Told) -> None:
    await told.another_case()
    await told.send()
    reference = told.hook.bodies[0]["data"]["agency_case_ref"]
    await told.story.fact("case.suspended", on="2026-03-02")
    (row,) = await told.story.service.fetch("SELECT next_attempt_at FROM delivery WHERE payload_type = 'request.ended'")
    assert 0 <= (row["next_attempt_at"] - told.clock.now()).total_seconds() < 48 * 3600
    if row["next_attempt_at"] > told.clock.now():
        feed = await told.partner.get(f"{ROOT}/agency-cases/{reference}/events", params={"after": 1})
        assert feed.json() == []
    await told.story.fact("case.resumed", on="2026-03-02")
    told.clock.advance(hours=48)
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    assert await duties(told) == []
    await told.story.itinerary("2026-03-12")
    await told.send()
    assert [body["data"]["sequence"] for body in told.hook.bodies] == [1, 2]


async def seen_by_the_partner(told: Told) -> list[Any]:
    """Everything a recipient can look at without being told."""
    paths = ("agency-cases", "agency-cases?ended=true", "agency-clocks", "attestations", "deliveries/none")
    own = f"webhook-endpoints/{told.endpoint['id']}"
    return [
        (await told.partner.get(f"{ROOT}/{path}")).json() for path in (*paths, f"{own}/deliveries", f"{own}/health")
    ]


async def test_until_its_moment_no_door_shows_a_suspension_and_afterwards_nothing_says_when_it_was(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told.another_case()
    await told.send()
    reference = told.hook.bodies[0]["data"]["agency_case_ref"]
    before = await seen_by_the_partner(told)
    monkeypatch.setattr(secrets, "randbelow", lambda most: most - 1)
    await told.story.fact("case.suspended", on="2026-03-02")
    assert await seen_by_the_partner(told) == before
    assert (await attest(told, reference, result="destroyed")).json()["slug"] == "nothing-to-attest"
    (stop,) = await told.story.service.fetch("SELECT id FROM delivery WHERE payload_type = 'request.ended'")
    path = f"{ROOT}/deliveries/{stop['id']}"
    assert [(await told.partner.get(path)).status_code, (await told.partner.post(f"{path}/replay")).status_code] == [
        404
    ] * 2
    assert (await told.story.admin.post(f"{path}/replay")).status_code == 202
    assert await told.send() == 0, "nobody makes it leave before its moment"
    told.clock.advance(hours=48)
    queued_at = time.time()
    await told.send()
    (headers, _), ended = told.hook.got[-1], told.hook.bodies[-1]
    made = int(headers["webhook-id"].removeprefix("msg_")[:12], 16) / 1_000
    assert made - queued_at > 47 * 3_600, "the time in the webhook-id is that of the stop"
    (entry,) = [found for found in await told.log() if found["payload_type"] == "request.ended"]
    assert datetime.fromisoformat(entry["created_at"]) == datetime.fromisoformat(ended["timestamp"])
    (duty,) = await duties(told)
    assert int(duty["id"].replace("-", "")[:12], 16) / 1_000 - queued_at > 47 * 3_600
    (owed,) = (await told.partner.get(f"{ROOT}/agency-clocks")).json()["you_owe_us"]
    assert (owed["since"], duty["destroy_by"]) == (ended["timestamp"][:10], ended["data"]["destroy_by"])


async def test_a_stop_that_is_taken_back_leaves_what_an_earlier_one_asked_for(told: Told) -> None:
    await ended(told)
    told.clock.advance(days=1)
    await told.story.fact("case.resumed", on="2026-03-03")
    await told.story.itinerary()
    await told.send()
    await told.story.fact("case.suspended", on="2026-03-03")
    await told.story.fact("case.resumed", on="2026-03-03")
    assert [duty["destroy_by"] for duty in await duties(told)] == ["2026-04-01"]


async def test_it_can_begin_again_and_end_again(told: Told) -> None:
    await ended(told)
    await told.story.fact("case.resumed", on="2026-03-02")
    told.clock.advance(days=1)
    await told.story.itinerary()
    await told.send()
    await told.story.fact("case.withdrawn", on="2026-03-03")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"] * 2
    assert [body["data"]["sequence"] for body in told.hook.bodies] == [1, 2, 3, 4]
    assert len(await duties(told)) == 2


async def test_who_withdrew_between_attempts_is_not_named_any_more(told: Told) -> None:
    consents = await consented(told)
    await told.story.itinerary()
    told.hook.script = ["500 Oops"]
    await told.round()
    gone, stays = told.story.persons
    await told.story.fact("consent.withdrawn", consent_id=consents[0], person_ref=gone, on="2026-03-02")
    told.clock.advance(seconds=7)
    await told.round()
    await told.send()
    first, second, ended = (body["data"] for body in told.hook.bodies)
    assert ended["person_refs"] == [gone]
    assert (first["person_refs"], first["party_size"]) == ([gone, stays], 2)
    assert (second["person_refs"], second["party_size"]) == ([stays], 1)
    feed = await told.partner.get(f"{ROOT}/agency-cases/{second['agency_case_ref']}/events")
    assert [entry["data"]["person_refs"] for entry in feed.json()] == [[stays], [gone]]


async def test_a_package_that_is_due_earlier_sets_the_day(told: Told) -> None:
    await told.story.opened()
    for ref in told.story.persons:
        await told.story.consent("agency", ref, "identity_verification")
    await told.story.package(destroy_by="2026-03-20")
    await told.send()
    await told.story.fact("case.refused", on="2026-03-02")
    await told.send()
    assert told.hook.bodies[-1]["data"]["destroy_by"] == "2026-03-20"


async def test_the_feed_counts_on_its_own_and_hides_nothing_behind_what_may_not_leave(told: Told) -> None:
    """More withheld facts than a page holds must not hide one that may be read."""
    consents = await consented(told)
    other = await told.story.consent("partner", told.story.persons[0], "statistics")
    assert other
    for day in range(1, 29):
        await told.story.itinerary(f"2026-04-{day:02d}")
    await told.story.fact(
        "consent.withdrawn", consent_id=consents[0], person_ref=told.story.persons[0], on="2026-03-02"
    )
    await told.story.fact("case.departed", on="2026-04-01", persons=[{"person_ref": told.story.persons[1]}])
    (row, *_) = await told.story.service.fetch("SELECT agency_case_ref FROM agency_case")
    path = f"{ROOT}/agency-cases/{row['agency_case_ref']}/events"
    first = (await told.partner.get(path, params={"limit": 10})).json()
    assert [entry["data"]["sequence"] for entry in first] == list(range(1, 11))
    rest = (await told.partner.get(path, params={"after": 10, "limit": 100})).json()
    assert [entry["data"]["sequence"] for entry in rest] == list(range(11, 30))
    assert all(entry["data"].get("person_refs") == [told.story.persons[1]] for entry in [*first, *rest])
