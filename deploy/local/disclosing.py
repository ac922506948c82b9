"""The consulate is asked for papers: prepared by one, approved by another, read under its own token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from deploy.local.casework import CaseWork
from deploy.local.cast import Cast
from deploy.local.narration import Narrator
from deploy.local.stand_in_agency import StandIn

FIELDS = ["family_name", "given_names", "born_on", "sex", "citizenships"]


INSTRUMENT = "Agreement on readmission (invented for the demo)"


async def record_bases(cast: Cast, narrator: Narrator) -> None:
    """Without a legal basis nobody is told anything, whoever consents: recorded by one, approved by another."""
    agreement = {"basis_type": "binding_instrument", "instrument": INSTRUMENT, "article": "Art. 6"}
    contract = {"basis_type": "processing_contract", "instrument": "Contract (invented for the demo)"}
    told = [
        {**agreement, "recipient_id": cast.consulate_id, "purpose": purpose, "clause_id": cast.clause_id}
        for purpose in ("travel_document", "identity_verification")
    ]
    told.append({**contract, "article": "section 4", "recipient_id": cast.partner_id, "purpose": "reintegration"})
    path = f"/returns/v1/programmes/{cast.programme_id}/disclosure-bases"
    first, second = cast.desks["programme_manager"], cast.desks["second_programme_manager"]
    with narrator.step("two programme managers", "record and approve the legal bases of what is told"):
        for body in told:
            recorded = await first.do(path, {**body, "source": "Wayhome demo", "valid_from": "2020-01-01"})
            await second.do(f"{path}/{recorded['id']}/approval")


async def disclose_to_the_consulate(case: CaseWork, narrator: Narrator) -> None:
    """Prepared, previewed, approved, read, answered."""
    narrator.act("4. The consulate is asked, and learns what it needs and nothing else")
    cast = case.cast
    consulate = cast.playing("consulate")
    heard = len(consulate.received)
    with narrator.step("case officer", "prepares a package for the consulate: legal basis, clause, closed list"):
        package = await cast.desks["case_officer"].do(f"{case.path}/disclosures", _package(case))
    path = f"{case.path}/disclosures/{package['id']}"
    with narrator.step("case officer", "sees exactly what the consulate would see"):
        preview = await cast.desks["case_officer"].read(f"{path}/preview")
    for person in preview["persons"]:
        shown = {key: value for key, value in person.items() if key != "person_ref"}
        narrator.detail(", ".join(f"{key}={value}" for key, value in shown.items()))
    with narrator.step("second case officer", "has checked that nobody is endangered, and approves"):
        await cast.desks["second_case_officer"].do(f"{path}/approval", {"no_endangerment": True})
    with narrator.step("consulate", "hears by signed webhook that something is there; no name in it"):
        told = await consulate.expect("request.package-ready", after=heard)
    narrator.detail(f"{told['type']} {told['data']}")
    with narrator.step("consulate", "reads it encrypted to its key, confirms receipt, issues laissez-passers"):
        await consulate.answered(told)
    narrator.detail("signed back: request.acknowledged, identity.confirmed, travel-document.ready")
    with narrator.step("auditor", "finds it in the register of disclosures"):
        register = await _registered(cast.desks["auditor"], case.case_id)
    for entry in register:
        narrator.detail(f"{entry['at'][:19]} {entry['what']} on {entry['basis']}: {', '.join(entry['data_classes'])}")


def _package(case: CaseWork) -> dict[str, Any]:
    today = date.today()  # noqa: DTZ011 - a package is read today, whatever day the story tells of
    return {
        "recipient_id": case.cast.consulate_id,
        "purpose": "travel_document",
        "basis_type": "binding_instrument",
        "basis_instrument": INSTRUMENT,
        "basis_article": "Art. 6",
        "clause_id": case.cast.clause_id,
        "fields": FIELDS,
        "person_refs": [person["person_ref"] for person in case.travelling],
        "answer_by": (today + timedelta(days=25)).isoformat(),
        "destroy_by": (today + timedelta(days=90)).isoformat(),
    }


async def _registered(auditor: Any, case_id: str) -> list[dict[str, Any]]:
    for _ in range(100):
        found: list[dict[str, Any]] = await auditor.read("/registry/v1/disclosure-register", case_id=case_id)
        if any(entry["what"] == "package-read" for entry in found):
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError("the read of the package is not in the register")


async def answer_package(member: StandIn, message: Mapping[str, Any]) -> None:
    """What the stand-in consulate does when a package is ready, whoever prepared it."""
    data = message["data"]
    package = await member.read(data["detail_url"])
    path = f"/returns/v1/agency-disclosures/{package['disclosure_id']}"
    await member.post(f"{path}/receipt", {})
    reference = {"agency_case_ref": data["agency_case_ref"]}
    await member.send("request.acknowledged", reference)
    today = date.today()  # noqa: DTZ011 - the consulate answers today
    answers = [
        {
            "person_ref": person["person_ref"],
            "outcome": "document_issued",
            "issuer": "GEO",
            "document_kind": "laissez_passer",
            "document_number": f"DEMO-{number:04d}",
            "valid_until": (today + timedelta(days=90)).isoformat(),
        }
        for number, person in enumerate(package["persons"], start=1)
    ]
    await member.post(f"{path}/answer", {"answers": answers})
    await member.send("identity.confirmed", {**reference, "confirmed_on": today.isoformat()})
    await member.send("travel-document.ready", {**reference, "ready_on": today.isoformat()})
