"""A legal basis is a gate: recorded by one, approved by another, and asked again at every read; consent stands beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.returns.domain.disclosure_basis import not_for_authorities
from shared.testing.plugin import Run
from tests.returns.story import CONSULATE, FAMILY, PARTNER, person
from tests.returns.test_disclosures import Packages

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def without_basis(running: Run, persons: list[dict[str, Any]] | None = None) -> Packages:
    """A submitted case and a clause, and nothing recorded that a package could rest on."""
    told = Packages(await running("returns"))
    await told.world()
    await told.agreement(bases=False)
    await told.submitted(persons)
    return told


async def refusal(told: Packages, package: dict[str, Any]) -> list[str]:
    answer = await told.approve(package)
    return [item["message"] for item in answer.json()["missing"] if item["code"] == "basis"]


async def test_what_is_missing_is_said_and_consent_alone_is_never_enough(running: Run) -> None:
    told = await without_basis(running)
    package = await told.package()
    assert await refusal(told, package) == ["No legal basis is recorded for this recipient and purpose."]
    await told.basis(purpose="travel_document")
    assert "No legal basis" in (await refusal(told, package))[0]
    await told.basis(basis_type="adequacy", clause_id=None)
    assert "another one than named" in (await refusal(told, package))[0]
    recorded = await told.basis(approved=False)
    assert "waits for a second person" in (await refusal(told, package))[0]
    own = await told.manager(1).post(f"{told.bases_path}/{recorded['id']}/approval")
    assert (own.status_code, own.json()["slug"]) == (409, "basis-needs-another")
    assert (await told.manager(2).post(f"{told.bases_path}/{recorded['id']}/approval")).status_code == 200
    answer = await told.approve(package)
    assert (answer.status_code, answer.json()["basis_id"]) == (200, recorded["id"])
    (fact,) = [
        event
        for event in await told.service.published("returns.disclosure-basis.approved.v1")
        if event.data["basis_id"] == recorded["id"]
    ]
    assert set(fact.data) - {"occurred_at", "actor_role"} == {
        "basis_id", "programme_id", "recipient_id", "purpose", "basis", "only_case_id", "valid_from", "valid_to",
    }  # fmt: skip


async def test_an_ended_basis_ends_the_read_at_once_and_takes_the_package_back(running: Run) -> None:
    told = await without_basis(running)
    basis = await told.basis()
    package = await told.package()
    await told.approve(package)
    assert (await told.read(package)).status_code == 200
    body = {"reason_code": "agreement_suspended"}
    ended = await told.manager(1).post(f"{told.bases_path}/{basis['id']}/end", json=body)
    assert (ended.status_code, ended.json()["live"]) == (200, False)
    assert (await told.read(package)).json()["slug"] == "disclosure-ended"
    for _ in range(2):
        await told.service.run_job("recall-without-basis")
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert recalled.data["disclosure_id"] == package["id"]
    assert len(await told.service.published("returns.disclosure-basis.ended.v1")) == 1
    again = await told.manager(2).post(f"{told.bases_path}/{basis['id']}/approval")
    assert again.json()["slug"] == "basis-is-over"
    assert await refusal(told, await told.package()) == ["The legal basis for this recipient and purpose has ended."]


async def test_a_basis_runs_out_by_its_last_day_and_another_one_carries_on(running: Run) -> None:
    told = await without_basis(running)
    await told.basis(valid_to=(told.today + timedelta(days=3)).isoformat())
    package = await told.package()
    await told.approve(package)
    await told.basis(valid_from=(told.today + timedelta(days=5)).isoformat())
    told.service.clock.advance(days=3)
    assert (await told.read(package)).status_code == 200
    told.service.clock.advance(days=1)
    assert (await told.read(package)).status_code == 410
    assert "not in force yet" in (await refusal(told, await told.package()))[0]
    told.service.clock.advance(days=1)
    assert (await told.read(package)).status_code == 200
    await told.service.run_job("recall-without-basis")
    assert await told.service.published("returns.disclosure.recalled.v1") == []


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"basis_type": "adequacy", "instrument": "GDPR", "article": "Art. 49(1)(a)"}, "consent-is-no-basis"),
        ({"instrument": "GDPR", "article": "49 Abs. 1 lit. b"}, "consent-is-no-basis"),
        ({"basis_type": "administrative_arrangement", "article": "Art. 49 (1) first sentence, 1 (c)"}, "consent-is-no-basis"),
        ({"basis_type": "processing_contract", "clause_id": None}, "basis-not-for-recipient"),
        ({"clause_id": None}, "clause-needed"),
        ({"basis_type": "vital_interests", "article": "Art. 49(1)(f)"}, "single-case-needed"),
        ({"valid_to": "2025-12-31"}, "period-turned-round"),
    ],
)  # fmt: skip
async def test_what_can_be_no_basis_is_refused(running: Run, changes: dict[str, Any], slug: str) -> None:
    told = Packages(await running("returns"))
    await told.world()
    await told.agreement(bases=False)
    refused = await told.basis(expect=422, **changes)
    assert refused["slug"] == slug
    assert (await told.manager(1).get(told.bases_path)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("basis_type", "instrument", "article", "refused"),
    [
        ("adequacy", "GDPR", "Art. 49(1)(a)-(c)", True),
        ("important_public_interest", "GDPR", "Art. 49(1)(d)", False),
        ("vital_interests", "DSGVO", "Art. 49 Abs. 1 UAbs. 1 lit. f", False),
        ("adequacy", "DSGVO", "Art. 49 Abs. 1 UAbs. 1 Buchst. a", True),
        ("binding_instrument", "Agreement of 2009", "Art. 49(1)(a)", False),
        ("binding_instrument", "Regulation 2016/679", "Art. 49(1)(a)", True),
        ("adequacy", "GDPR", "Art. 149(1)(a)", False),
        ("adequacy", "GDPR", "Art. 45", False),
    ],
)
async def test_the_points_that_authorities_may_not_use(
    basis_type: str, instrument: str, article: str, refused: bool
) -> None:
    assert not_for_authorities(basis_type, instrument, article) is refused


async def test_a_derogation_is_for_its_one_case(running: Run) -> None:
    told = await without_basis(running)
    derogation = {"basis_type": "important_public_interest", "instrument": "GDPR", "article": "Art. 49(1)(d)"}
    derogation |= {"clause_id": None}
    await told.basis(**derogation, case_id=told.id)
    package = await told.package(basis_type="important_public_interest", clause_id=None)
    assert (await told.approve(package)).status_code == 200
    shown = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/disclosure-bases")).json()
    assert [basis["case_id"] for basis in shown] == [told.id]
    other = Packages(told.service)
    await other.submitted()
    package = await other.package(basis_type="important_public_interest", clause_id=None)
    assert "another one than named" in (await refusal(other, package))[0]
    assert (await other.caseworker.get(f"/returns/v1/cases/{other.id}/disclosure-bases")).json() == []


async def test_bases_of_a_foreign_programme_and_unknown_things_look_absent(running: Run) -> None:
    told = await without_basis(running)
    basis = await told.basis(approved=False)
    stranger = told.service.client("programme_manager", programmes=[str(uuid4())], subject="pm-9")
    assert (await stranger.get(told.bases_path)).status_code == 404
    assert (await stranger.post(f"{told.bases_path}/{basis['id']}/approval")).status_code == 409
    assert (await told.manager(2).post(f"{told.bases_path}/{uuid4()}/approval")).status_code == 404
    unknown = await told.basis(expect=409, recipient_id=str(uuid4()))
    assert unknown["slug"] == "recipient-not-known-yet"
    provider = str(uuid4())
    fact = {"provider_id": provider, "kind": "ngo", "countries": ["GEO"], "roles": ["employment"]}
    await told.service.receive("registry.provider.enrolled.v1", fact, key=provider)
    contract = {"basis_type": "processing_contract", "purpose": "employment", "clause_id": None}
    of_provider = await told.basis(recipient_id=provider, **contract)
    assert (await told.basis(expect=409, clause_id=str(uuid4())))["slug"] == "clause-not-known-yet"
    auditor = told.service.client("auditor")
    listed = {entry["id"] for entry in (await auditor.get(told.bases_path)).json()["items"]}
    assert listed == {basis["id"], of_provider["id"]}
    assert (await auditor.get(f"{told.bases_path}?recipient_id={PARTNER}")).json()["items"] == []


async def withdraw(told: Packages, ref: str) -> None:
    found = "SELECT consent.id FROM consent JOIN case_person AS p ON p.id = person_id WHERE person_ref = $1"
    (own,) = await told.service.fetch(found, ref)
    answer = await told.caseworker.post(f"/returns/v1/cases/{told.id}/consents/{own['id']}/withdrawal", json={})
    assert answer.status_code == 200, answer.text


async def test_a_consent_that_ends_ends_it_for_that_person_alone(running: Run) -> None:
    told = await without_basis(running, [person("main_applicant"), person("sibling", sex=1)])
    await told.basis()
    package = await told.package()
    await told.approve(package)
    first, second = told.refs()
    await withdraw(told, first)
    read = await told.read(package)
    assert [entry["person_ref"] for entry in read.json()["persons"]] == [second]
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert recalled.data["person_refs"] == [first]
    consulate = told.service.client("partner_agency", agency_id=CONSULATE)
    path = f"/returns/v1/agency-disclosures/{package['id']}/answer"
    entry = {"outcome": "identity_confirmed", "issuer": "GEO"}
    assert (await consulate.post(path, json={"answers": [{**entry, "person_ref": first}]})).status_code == 404
    assert (await consulate.post(path, json={"answers": [{**entry, "person_ref": second}]})).status_code == 200
    (made,) = await told.service.published("returns.disclosure.made.v1")
    assert made.data["person_refs"] == [second]
    await withdraw(told, second)
    assert (await told.read(package)).json()["slug"] == "disclosure-ended"
    assert [event.data["person_refs"] for event in await told.service.published("returns.disclosure.recalled.v1")] == [
        [first],
        None,
    ]


async def test_with_one_parent_the_children_leave_the_package_too(running: Run) -> None:
    told = await without_basis(running, FAMILY[:4])
    await told.basis()
    package = await told.package()
    await told.approve(package)
    await withdraw(told, told.refs(relation="partner")[0])
    read = (await told.read(package)).json()
    assert [entry["person_ref"] for entry in read["persons"]] == told.refs(relation="main_applicant")


async def test_a_consent_that_runs_out_leaves_the_package_by_itself(running: Run) -> None:
    told = await without_basis(running, [person("main_applicant"), person("sibling", sex=1)])
    await told.basis()
    package = await told.package()
    await told.approve(package)
    first, second = told.refs()
    last = told.today + timedelta(days=2)
    await told.service.fetch(
        "UPDATE consent SET valid_until = $1 FROM case_person p WHERE p.id = person_id AND p.person_ref = $2",
        last,
        first,
    )
    await told.service.run_job("end-expired-consents")
    assert len((await told.read(package)).json()["persons"]) == 2
    told.service.clock.advance(days=3)
    assert [entry["person_ref"] for entry in (await told.read(package)).json()["persons"]] == [second]
    for _ in range(2):
        await told.service.run_job("end-expired-consents")
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert recalled.data["person_refs"] == [first]


@pytest.mark.parametrize("end", ["withdrawal", "cancellation"])
async def test_with_the_end_of_a_case_everything_asked_for_it_ends_in_the_same_unit(running: Run, end: str) -> None:
    told = await without_basis(running)
    await told.basis()
    package, prepared = await told.package(), await told.package()
    await told.refresh()
    body = {"person_ref": told.refs()[0], "disclosure_id": package["id"], "document_kind": "laissez_passer"}
    await told.post("travel-document-requests", body, expect=201)
    await told.approve(package)
    await told.said("appointment.offered", CONSULATE, offered_on=(told.today + timedelta(days=9)).isoformat())
    client = told.officer if end == "cancellation" else told.caseworker
    reason = {"reason_code": "not_stated", "reason_group": "circumstances"} if end == "cancellation" else {}
    await told.post(end, reason, client=client)
    packages = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/disclosures")).json()
    assert {entry["id"]: entry["status"] for entry in packages} == dict.fromkeys(
        (package["id"], prepared["id"]), "recalled"
    )
    (request,) = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/travel-document-requests")).json()
    assert (request["state"], request["appointment_on"]) == ("CANCELLED", None)
    assert len(await told.service.published("returns.disclosure.recalled.v1")) == 1


async def test_cases_that_ended_before_are_closed_afterwards_once(running: Run) -> None:
    told = await without_basis(running)
    await told.basis()
    package = await told.package()
    await told.approve(package)
    old = "UPDATE return_case SET state = 'WITHDRAWN', ended_on = opened_on, requests_ended_on = NULL"
    await told.service.fetch(old)
    for _ in range(2):
        await told.service.run_job("recall-of-ended-cases")
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert (recalled.data["disclosure_id"], recalled.data["person_refs"]) == (package["id"], None)
    (ended,) = await told.service.published("returns.case.requests-ended.v1")
    assert (ended.data["case_id"], ended.data["outcome"]) == (told.id, "over")
    other = Packages(told.service)
    await other.submitted()
    await other.post("withdrawal", {})
    await told.service.run_job("recall-of-ended-cases")
    assert len(await told.service.published("returns.case.requests-ended.v1")) == 1
