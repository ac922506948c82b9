"""Everything the check before a delivery asks for, read at once for a whole batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.domain.coverage import covered
from services.registry.domain.disclosure_matrix import allowed_types
from services.registry.domain.legal_basis import Standing, for_case, live, standing
from services.registry.domain.recipients import may_speak
from services.registry.persistence.disclosure_basis_tables import KnownBasisRow
from services.registry.persistence.disclosure_tables import (
    AgencyCaseRow,
    DeliveryRow,
    KnownCaseRow,
    KnownConsentRow,
    KnownDisclosureRow,
    KnownPersonRow,
)
from services.registry.persistence.known_bases import bases_for
from services.registry.persistence.tables import RecipientRow
from services.registry.persistence.webhook_tables import DestructionDutyRow
from shared.database.unit_of_work import UnitOfWork


@dataclass
class KnownFacts:
    """Cases, packages, consents, bases and persons as they are at this moment."""

    cases: dict[UUID, KnownCaseRow] = field(default_factory=dict)
    packages: dict[UUID, KnownDisclosureRow] = field(default_factory=dict)
    consents: dict[tuple[UUID, UUID], list[KnownConsentRow]] = field(default_factory=lambda: defaultdict(list))
    persons: dict[UUID, list[KnownPersonRow]] = field(default_factory=lambda: defaultdict(list))
    told: set[str] = field(default_factory=set)
    owing: set[UUID] = field(default_factory=set)
    recipients: dict[UUID, RecipientRow] = field(default_factory=dict)
    bases: dict[UUID, list[KnownBasisRow]] = field(default_factory=lambda: defaultdict(list))

    def may_hear(self, row: DeliveryRow) -> bool:
        """Whether the recipient is there, not suspended, and of the kind and roles that hear such things."""
        found = self.recipients.get(row.recipient_id)
        if found is None or not may_speak(found.status, found.status_reason):
            return False
        return row.payload_type in allowed_types(found.kind, found.roles)

    def covers(self, row: DeliveryRow, *, now: Any) -> frozenset[str]:
        """The persons whom this delivery may name: they consent, and its package still names them."""
        if row.case_id is None:
            return frozenset()
        consents, today = self.consents[row.case_id, row.recipient_id], now.date()
        consenting = covered(consents, self.persons[row.case_id], purpose=row.purpose, today=today)
        if row.disclosure_id is None:
            return consenting
        package = self.packages.get(row.disclosure_id)
        if package is None or package.recalled or package.expires_on < today:
            return frozenset()
        return consenting & frozenset(package.person_refs)

    def basis(self, row: DeliveryRow, *, now: Any) -> Standing:
        """Whether a legal basis holds for telling this."""
        return standing(self._bases_for(row), now.date())

    def kind_of_basis(self, row: DeliveryRow, *, now: Any) -> str | None:
        """Of which kind the basis is that it leaves on."""
        held = (basis for basis in self._bases_for(row) if live(basis, now.date()))
        return next((basis.basis for basis in held if basis.basis is not None), None)

    def _bases_for(self, row: DeliveryRow) -> list[KnownBasisRow]:
        case = self.cases.get(row.case_id) if row.case_id is not None else None
        if case is None:
            return []
        own = self.bases[row.recipient_id]
        return for_case(own, programme_id=case.programme_id, case_id=case.case_id, purpose=row.purpose)


async def known_facts(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> KnownFacts:
    """What is known of the cases and packages of these deliveries, read anew."""
    found = KnownFacts()
    await _standing(uow, rows, found)
    cases = {row.case_id for row in rows if row.case_id is not None}
    if not cases:
        return found
    found.cases = {row.case_id: row for row in await _rows(uow, KnownCaseRow, KnownCaseRow.case_id, cases)}
    packages = {row.disclosure_id for row in rows if row.disclosure_id is not None}
    if packages:
        known = await _rows(uow, KnownDisclosureRow, KnownDisclosureRow.disclosure_id, packages)
        found.packages = {row.disclosure_id: row for row in known}
    for basis in await bases_for(uow, {row.recipient_id for row in rows}):
        found.bases[basis.recipient_id].append(basis)
    for consent in await _rows(uow, KnownConsentRow, KnownConsentRow.case_id, cases):
        found.consents[consent.case_id, consent.recipient_id].append(consent)
    for person in await _rows(uow, KnownPersonRow, KnownPersonRow.case_id, cases):
        found.persons[person.case_id].append(person)
    return found


async def _standing(uow: UnitOfWork, rows: Sequence[DeliveryRow], found: KnownFacts) -> None:
    """The recipients, which of them owe an attestation, and which of the cases they already know."""
    recipients = {row.recipient_id for row in rows}
    enrolled = await _rows(uow, RecipientRow, RecipientRow.id, recipients)
    found.recipients = {row.id: row for row in enrolled}
    overdue = select(DestructionDutyRow.recipient_id).where(
        col(DestructionDutyRow.status) == "overdue", col(DestructionDutyRow.recipient_id).in_(recipients)
    )
    found.owing = set((await uow.session.execute(overdue)).scalars())
    if found.owing:
        references = {row.agency_case_ref for row in rows if row.agency_case_ref is not None}
        told = select(AgencyCaseRow.agency_case_ref).where(
            col(AgencyCaseRow.agency_case_ref).in_(references), col(AgencyCaseRow.told)
        )
        found.told = set((await uow.session.execute(told)).scalars())


async def _rows(uow: UnitOfWork, table: Any, column: Any, values: set[UUID]) -> list[Any]:
    statement = select(table).where(col(column).in_(values)).execution_options(populate_existing=True)
    return list((await uow.session.execute(statement)).scalars())
