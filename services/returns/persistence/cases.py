"""Loads and changes case files: the case with its persons, consents and documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.access import Policy
from services.returns.domain.journey_papers import Cleared, cleared_until
from services.returns.persistence.advisories import Warnings
from services.returns.persistence.aftermath_tables import HostChecklistEntryRow
from services.returns.persistence.case_parts import parts_of
from services.returns.persistence.children import Children
from services.returns.persistence.duplicates import Undecided
from services.returns.persistence.fact_tables import CaseFactRow, VoluntarinessRuleRow
from services.returns.persistence.identities import (
    birth_dates,
    open_identities,
    person_facts,
    seal_identity,
    seal_number,
)
from services.returns.persistence.journey_tables import EscortRow, MedicalClearanceRow
from services.returns.persistence.safeguard_tables import SafeguardRow
from services.returns.persistence.tables import (
    CasePersonRow,
    ConsentRow,
    HistoryRow,
    ReturnCaseRow,
    TravelDocumentRow,
)
from services.returns.persistence.voluntariness_rules import default_rules
from shared.auth.policies import require
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.ids import new_id

__all__ = [
    "CaseFile",
    "birth_dates",
    "load_file",
    "open_identities",
    "person_facts",
    "remember",
    "seal_identity",
    "seal_number",
]


@dataclass
class CaseFile:
    """A case and everything that belongs to it."""

    case: ReturnCaseRow
    persons: list[CasePersonRow]
    consents: list[ConsentRow]
    documents: list[TravelDocumentRow]
    facts: list[CaseFactRow] = field(default_factory=list)
    rules: VoluntarinessRuleRow = field(default_factory=default_rules)
    duplicates: Undecided = field(default_factory=Undecided)
    clearances: list[MedicalClearanceRow] = field(default_factory=list)
    escorts: list[EscortRow] = field(default_factory=list)
    children: Children = field(default_factory=Children)
    safeguards: list[SafeguardRow] = field(default_factory=list)
    warnings: Warnings = field(default_factory=Warnings)
    host_entries: list[HostChecklistEntryRow] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """The case's."""
        return self.case.id

    @property
    def version(self) -> int:
        """The case's."""
        return self.case.version

    @property
    def travelling(self) -> list[CasePersonRow]:
        """Persons still part of the journey."""
        return [person for person in self.persons if person.travel_status != "NOT_TRAVELLING"]

    def person(self, person_ref: str) -> CasePersonRow:
        """The person with this reference; raises NotFound."""
        for person in self.persons:
            if person.person_ref == person_ref:
                return person
        raise NotFound

    def ref_of(self, person_id: UUID | None) -> str | None:
        """The reference of a person of this file."""
        return next((person.person_ref for person in self.persons if person.id == person_id), None)

    def consented(self, person: CasePersonRow, on: date) -> bool:
        """Whether the person has a live consent on a day."""
        return any(
            consent.person_id == person.id
            and consent.withdrawn_on is None
            and (consent.valid_until is None or consent.valid_until >= on)
            for consent in self.consents
        )

    def consented_on(self, person: CasePersonRow, on: date) -> date | None:
        """When the person gave the newest consent that is live on a day, since they were last asked afresh."""
        since = person.asked_afresh or UUID(int=0)
        given = [row for row in self.consents if row.person_id == person.id and row.withdrawn_on is None]
        days = [row.given_on for row in given if row.id > since]
        return max(days, default=None) if self.consented(person, on) else None

    def document_valid_until(self, person: CasePersonRow) -> date | None:
        """The last day any of the person's documents is valid."""
        return max((row.valid_until for row in self.documents if row.person_id == person.id), default=None)

    def cleared_until(self, person: CasePersonRow) -> date | None:
        """The last day the person's medical clearances hold; the day an office entered where there are none."""
        own = [row for row in self.clearances if row.person_id == person.id]
        newest = (Cleared(row.kind, row.outcome, row.valid_until) for row in own)
        return cleared_until(newest) if own else person.medical_valid_until

    def escort_awaited(self, person: CasePersonRow) -> bool:
        """Whether somebody who travels with the person was asked for and is not confirmed."""
        return any(row.person_id == person.id and row.status == "requested" for row in self.escorts)


async def load_file(uow: UnitOfWork, case_id: UUID, policy: Policy, *, lock: bool = False) -> CaseFile:
    """The file, if the actor's scope allows; locked for a command. Raises NotFound."""
    statement = select(ReturnCaseRow).where(col(ReturnCaseRow.id) == case_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    case = await uow.session.scalar(statement)
    if case is None:
        raise NotFound
    require(uow.actor, policy, case)
    return CaseFile(case=case, **await parts_of(uow, case))


def remember(
    uow: UnitOfWork,
    case: ReturnCaseRow,
    action: str,
    *,
    before: str,
    on: date | None = None,
    reason: str | None = None,
    person_ref: str | None = None,
    about: str | None = None,
) -> None:
    """One line of the case's history, and one of the audit."""
    uow.append(
        str(HistoryRow.__tablename__),
        id=new_id(),
        case_id=case.id,
        at=uow.now,
        actor=uow.actor.subject,
        actor_role=uow.acting_role,
        action=action,
        state_before=before,
        state_after=case.state,
        on=on,
        reason_code=reason,
        person_ref=person_ref,
        about=about,
    )
    uow.record(f"case.{action}", subject=case.id, state=case.state)
