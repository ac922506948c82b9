"""Packages for one recipient: what stands against them, who approves, and that every read is decided anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.story import CONSULATE, FAMILY, NAME, PARTNER, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Packages(CaseStory):
    """A case with packages."""

    async def read(self, package: dict[str, Any], agency: str = CONSULATE) -> Any:
        client = self.service.client("partner_agency", agency_id=agency)
        return await client.get(f"/returns/v1/agency-disclosures/{package['id']}")


async def packages(running: Run, persons: list[dict[str, Any]] | None = None) -> Packages:
    told = Packages(await running("returns"))
    await told.world()
    await told.agreement()
    await told.submitted(persons)
    return told


async def test_the_recipient_sees_exactly_the_preview_and_it_is_registered(running: Run) -> None:
    told = await packages(running, FAMILY)
    package = await told.package()
    preview = await told.caseworker.get(f"/returns/v1/cases/{told.id}/disclosures/{package['id']}/preview")
    assert (await told.approve(package)).status_code == 200
    read = await told.read(package)
    assert read.json()["persons"] == preview.json()["persons"]
    assert set(read.json()["persons"][0]) == {"person_ref", "family_name", "born_on", "citizenships"}
    assert read.headers["Cache-Control"] == "no-store"
    made = await told.service.published("returns.disclosure.made.v1")
    assert made[0].data["data_classes"] == ["born_on", "citizenships", "family_name"]
    assert NAME not in made[0].model_dump_json()


async def test_four_eyes_consent_clause_and_endangerment_are_each_named(running: Run) -> None:
    told = await packages(running)
    package = await told.package()
    own = told.service.client("case_officer", authority_id="SEM", subject="cw-1")
    assert "four-eyes" in {item["code"] for item in (await told.approve(package, client=own)).json()["missing"]}
    refused = await told.approve(package, checked=False)
    assert [item["code"] for item in refused.json()["missing"]] == ["endangerment"]
    unconsented = await told.package(recipient_id=PARTNER, purpose="reception", fields=["family_name"])
    assert "consent" in {item["code"] for item in (await told.approve(unconsented)).json()["missing"]}
    for limit in (
        {"competent_authorities": [str(uuid4())]}, {"recipient_kinds": ["state_authority"]}, {"data_clause": False},
        {"valid_to": "2026-01-31"},
    ):  # fmt: skip
        await told.clause(**limit)
        assert "clause" in {item["code"] for item in (await told.approve(package)).json()["missing"]}, limit
    await told.service.fetch("UPDATE known_recipient SET country = 'ARM'")
    for others in (True, False):
        await told.clause(third_country_nationals=others)
        lacks = {item["code"] for item in (await told.approve(package)).json()["missing"]}
        assert ("clause" in lacks) is not others, "nationals of other countries are named by the clause, or not told of"
    await told.service.fetch("UPDATE known_recipient SET country = 'GEO'")
    await told.clause(competent_authorities=[CONSULATE])
    await told.service.fetch(f"UPDATE return_case SET partnership_id = '{uuid4()}'")
    assert "clause" in {item["code"] for item in (await told.approve(package)).json()["missing"]}, (
        "another partnership's"
    )
    await told.service.fetch("UPDATE return_case SET partnership_id = NULL")
    without = await told.package(clause_id=None)
    assert "clause" in {item["code"] for item in (await told.approve(without)).json()["missing"]}


async def test_fields_purposes_and_unknown_clauses_are_refused_at_once(running: Run) -> None:
    told = await packages(running)
    path = f"/returns/v1/cases/{told.id}/disclosures"
    body = {key: value for key, value in (await told.package()).items() if key in {
        "recipient_id", "purpose", "basis_type", "basis_instrument", "clause_id", "fields", "person_refs", "answer_by", "destroy_by"
    }}  # fmt: skip
    listed = await told.caseworker.post(path, json={**body, "fields": ["phone"]})
    assert (listed.status_code, listed.json()["slug"]) == (422, "field-not-on-the-list")
    unknown = await told.caseworker.post(path, json={**body, "clause_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["slug"]) == (409, "clause-not-known-yet")
    consent_as_basis = await told.caseworker.post(path, json={**body, "basis_type": "consent"})
    assert consent_as_basis.status_code == 422


@pytest.mark.parametrize("end", ["recall", "consent", "freeze", "expiry", "withdrawal"])
async def test_whatever_ended_it_the_recipient_hears_the_same(running: Run, end: str) -> None:
    told = await packages(running)
    package = await told.package()
    await told.approve(package)
    assert (await told.read(package)).status_code == 200
    if end == "recall":
        await told.officer.post(f"/returns/v1/cases/{told.id}/disclosures/{package['id']}/recall")
    elif end == "consent":
        consents = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/consents")).json()
        await told.caseworker.post(f"/returns/v1/cases/{told.id}/consents/{consents[0]['id']}/withdrawal", json={})
    elif end == "freeze":
        protection = told.service.client("protection_officer", offices=["ZRH"])
        await protection.post(f"/returns/v1/cases/{told.id}/disclosure-freeze")
    elif end == "expiry":
        told.service.clock.advance(days=15)
    else:
        await told.caseworker.post(f"/returns/v1/cases/{told.id}/withdrawal", json={})
    ended = await told.read(package)
    assert ended.status_code == 410
    assert ended.json() == {
        "type": "urn:wayhome:problem:disclosure-ended",
        "title": "This request has ended; no further action is needed",
        "status": 410,
        "slug": "disclosure-ended",
    }


async def test_foreign_unknown_and_unapproved_packages_look_the_same(running: Run) -> None:
    told = await packages(running)
    package = await told.package()
    unapproved = await told.read(package)
    await told.approve(package)
    foreign = await told.read(package, agency=str(uuid4()))
    unknown = await told.read({"id": str(uuid4())})
    assert unapproved.status_code == foreign.status_code == unknown.status_code == 404
    assert unapproved.json() == foreign.json() == unknown.json()


async def test_an_answer_with_a_document_makes_the_person_ready_to_travel(running: Run) -> None:
    told = await packages(running, [person("main_applicant")])
    package = await told.package()
    await told.approve(package)
    until = (told.today + timedelta(days=90)).isoformat()
    answers = [
        {
            "person_ref": told.refs()[0],
            "outcome": "document_issued",
            "issuer": "GEO",
            "document_number": "SECRET-42",
            "valid_until": until,
        }
    ]
    consulate = told.service.client("partner_agency", agency_id=CONSULATE)
    path = f"/returns/v1/agency-disclosures/{package['id']}"
    taken = await consulate.post(f"{path}/answer", json={"answers": answers})
    assert taken.status_code == 200, taken.text
    assert (await consulate.post(f"{path}/receipt")).json()["receipt_on"] == told.today.isoformat()
    (fact,) = await told.service.published("returns.disclosure.answered.v1")
    assert (fact.data["disclosure_id"], fact.data["recipient_id"]) == (package["id"], CONSULATE)
    await told.refresh()
    assert told.case["persons"][0]["document_valid_until"] == until
    for event in await told.service.published():
        assert "SECRET-42" not in event.model_dump_json()
    rows = await told.service.fetch(
        "SELECT t::text AS line FROM travel_document t UNION SELECT t::text FROM disclosure_answer t"
    )
    assert not any("SECRET-42" in row["line"] for row in rows)


async def test_a_message_too_early_is_an_outcome_and_counts_once(running: Run) -> None:
    told = await packages(running)
    message = {"message_id": str(uuid4()), "sender_id": PARTNER, "sender_kind": "contracted_partner"}
    message |= {
        "message_type": "arrival.confirmed",
        "case_id": told.id,
        "person_refs": [],
        "facts": {"arrived_on": "2026-03-02"},
    }
    event_id = str(uuid4())
    for _ in range(2):
        await told.service.receive("registry.agency-message.received.v1", message, key=told.id, event_id=event_id)
    refused = await told.service.published("returns.agency-message.not-applied.v1")
    assert [event.data["reason_code"] for event in refused] == ["transition-not-allowed"]
    assert await told.service.fetch("SELECT 1 FROM parked_event") == []
    notices = (await told.caseworker.get("/returns/v1/notifications")).json()["items"]
    assert "agency-message.not-applied" in {notice["kind"] for notice in notices}


async def test_a_partners_message_confirms_the_arrival(running: Run) -> None:
    told = Packages(await running("returns"))
    await told.world()
    await told.departed()
    message = {"message_id": str(uuid4()), "sender_id": PARTNER, "sender_kind": "contracted_partner"}
    message |= {"message_type": "arrival.confirmed", "case_id": told.id, "person_refs": []}
    facts = {"arrived_on": told.today.isoformat()}
    await told.service.receive("registry.agency-message.received.v1", {**message, "facts": facts}, key=told.id)
    await told.refresh()
    assert told.case["state"] == "ARRIVED"
    assert (await told.service.published("returns.case.arrived.v1"))[0].data["evidence"] == "agency_message"


async def test_a_suspended_agency_reads_nothing_until_it_is_enrolled_again(running: Run) -> None:
    told = await packages(running)
    package = await told.package()
    assert (await told.approve(package)).status_code == 200
    fact = {"agency_id": CONSULATE, "reason_code": "security_incident", "on": told.today.isoformat()}
    await told.service.receive("registry.agency.suspended.v1", fact, key=CONSULATE)
    assert (await told.read(package)).status_code == 410
    other = await told.package()
    assert [item["code"] for item in (await told.approve(other)).json()["missing"]] == ["recipient"]
    enrolled = {"agency_id": CONSULATE, "kind": "consulate", "country": "GEO", "roles": ["identity_verification"]}
    await told.service.receive("registry.agency.enrolled.v1", enrolled, key=CONSULATE)
    assert (await told.read(package)).status_code == 200


async def test_the_office_reads_what_was_answered_and_a_recall_ends_receipts_too(running: Run) -> None:
    told = await packages(running, [person("main_applicant")])
    package = await told.package()
    await told.approve(package)
    corrected = {"family_name": "Beridse"}
    entry = {"person_ref": told.refs()[0], "outcome": "identity_confirmed", "issuer": "GEO"}
    consulate = told.service.client("partner_agency", agency_id=CONSULATE)
    path = f"/returns/v1/agency-disclosures/{package['id']}"
    await consulate.post(f"{path}/answer", json={"answers": [{**entry, "corrected_identity": corrected}]})
    own = f"/returns/v1/cases/{told.id}/disclosures"
    (answer,) = (await told.officer.get(f"{own}/{package['id']}/answers")).json()
    assert answer["corrected_identity"]["family_name"] == "Beridse"
    foreign = told.service.client("case_officer", authority_id="BFA", subject="co-9")
    assert (await foreign.get(f"{own}/{package['id']}/answers")).status_code == 404
    recalled = (await told.officer.post(f"{own}/{package['id']}/recall")).json()
    assert recalled["recalled_on"] == told.today.isoformat()
    assert (await consulate.post(f"{path}/receipt")).status_code == 410
    assert (await consulate.post(f"{path}/answer", json={"answers": [entry]})).status_code == 410
