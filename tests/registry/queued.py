"""Many consented facts waiting for many endpoints, queued by the real commands; for measuring and for killing senders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from services.registry.commands.manage_endpoint import RegisterEndpoint, register
from services.registry.commands.tell_recipient import tell
from services.registry.persistence.disclosure_basis_tables import KnownBasisRow
from services.registry.persistence.disclosure_tables import KnownCaseRow, KnownConsentRow, KnownPersonRow
from services.registry.persistence.tables import RecipientRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

ADMINISTRATOR = Principal(subject="admin-1", roles=frozenset({"administrator"}))
TYPE, PURPOSE = "departed", "reintegration"
PROGRAMME = UUID("0199c0de-0000-7000-8000-0000000000a9")


async def recipients(runtime: Runtime, addresses: Sequence[str]) -> list[UUID]:
    """A partner with an endpoint for each of these addresses, and a legal basis to tell it."""
    found = []
    async with runtime.units.begin(actor=ADMINISTRATOR) as uow:
        for url in addresses:
            partner = RecipientRow(
                category="partner",
                kind="contracted_partner",
                name="Partner",
                country="GEO",
                countries=["GEO"],
                roles=["reintegration_coordination"],
                created_at=uow.now,
                updated_at=uow.now,
            )
            uow.session.add(partner)
            await uow.session.flush()
            wanted = RegisterEndpoint(owner_id=partner.id, url=url, event_types=[TYPE], plain_http=True)
            made = await register(wanted, uow=uow)
            made.row.status = "active"  # as after a certification
            contract = {"programme_id": PROGRAMME, "purpose": PURPOSE, "basis": "processing_contract"}
            since = date(2020, 1, 1)
            uow.session.add(KnownBasisRow(basis_id=uuid4(), recipient_id=partner.id, valid_from=since, **contract))
            found.append(partner.id)
    return found


async def queue(runtime: Runtime, partners: Sequence[UUID], *, cases: int, facts: int = 1) -> None:
    """So many cases per partner, each with so many facts in order."""
    for partner in partners:
        async with runtime.units.begin(actor=Principal.system("queue")) as uow:
            for _ in range(cases):
                await queue_case(uow, partner, facts)


async def queue_case(uow: UnitOfWork, partner: UUID, facts: int = 1) -> UUID:
    """One consented case and its facts."""
    case_id, person = uuid4(), f"person_{uuid4().hex}"
    consent = {"consent_id": uuid4(), "recipient_id": partner, "case_id": case_id, "person_ref": person}
    uow.session.add(KnownCaseRow(case_id=case_id, programme_id=PROGRAMME, approved=True))
    uow.session.add(KnownPersonRow(person_ref=person, case_id=case_id))
    uow.session.add(KnownConsentRow(**consent, purposes=[PURPOSE]))
    for number in range(facts):
        await tell(
            uow,
            case_id=case_id,
            recipient_id=partner,
            payload_type=TYPE,
            facts={"on": f"2026-03-{number + 1:02d}", "person_refs": [person]},
            purpose=PURPOSE,
            person_refs=[person],
        )
    return case_id
