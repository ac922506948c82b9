"""Record that a person may fly, and until when; or that it was wrong. What was found is sealed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.domain.access import may_work
from services.returns.domain.journey_papers import flies_until, holds_until
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.journey_tables import MedicalClearanceRow
from services.returns.persistence.journeys import clearance_of, seal_findings
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid

PAPERS = "journey-papers-v1"


class ExpectedDayNeeded(Invalid):
    """How long a pregnant person flies is computed from the expected day of birth, which is not kept open."""

    slug = "expected-day-needed"
    title = "For a pregnancy the expected day of birth is needed, and for nothing else"


class ClearanceVoidedBefore(Conflict):
    """A clearance is taken back once."""

    slug = "clearance-voided-before"
    title = "This clearance was taken back before"


@dataclass(frozen=True, kw_only=True)
class RecordMedicalClearance:
    """Whom, which paper, what it says, who issued it; `needs` and `findings` are sealed."""

    case_id: UUID
    person_ref: str
    kind: str
    outcome: str
    issued_by: str
    issued_on: date | None = None
    valid_until: date | None = None
    expected_on: date | None = None
    needs: list[str] = field(default_factory=list)
    findings: str | None = None


async def handle(command: RecordMedicalClearance, *, uow: UnitOfWork) -> MedicalClearanceRow:
    """From now on the person needs a clearance that is valid on the day of travel. Raises NotFound,
    ExpectedDayNeeded."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    issued_on = fact_day(uow, command.issued_on)
    row = MedicalClearanceRow(
        case_id=file.id,
        person_id=person.id,
        kind=command.kind,
        outcome=command.outcome,
        issued_by=command.issued_by,
        issued_on=issued_on,
        valid_until=_until(command, issued_on),
        recorded_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    expected = command.expected_on.isoformat() if command.expected_on else None
    values = {"needs": command.needs, "findings": command.findings, "expected_on": expected}
    await seal_findings(uow, row, {name: value for name, value in values.items() if value})
    uow.session.add(row)
    file.clearances.append(row)
    person.medical_needed = True
    touch(file.case, now=uow.now)
    ref = person.person_ref
    remember(uow, file.case, "medical-clearance-recorded", before=file.case.state, on=issued_on, person_ref=ref)
    recheck(uow, file, on=uow.now.date())
    return row


async def void(case_id: UUID, clearance_id: UUID, *, reason: str, uow: UnitOfWork) -> MedicalClearanceRow:
    """It stays readable and no longer counts. Raises NotFound, ClearanceVoidedBefore."""
    file = await load_file(uow, case_id, may_work, lock=True)
    row = await clearance_of(uow, file.id, clearance_id)
    uow.match(row.version)
    if row.voided_on is not None:
        raise ClearanceVoidedBefore
    row.voided_on, row.voided_by, row.void_reason = uow.now.date(), uow.actor.subject, reason
    touch(row, now=uow.now)
    touch(file.case, now=uow.now)
    file.clearances = [each for each in file.clearances if each.id != row.id]
    remember(uow, file.case, "medical-clearance-voided", before=file.case.state, on=row.voided_on)
    recheck(uow, file, on=uow.now.date())
    return row


def _until(command: RecordMedicalClearance, issued_on: date) -> date:
    papers = reference(PAPERS)
    if (command.kind == "pregnancy") != (command.expected_on is not None):
        raise ExpectedDayNeeded
    if command.expected_on is None:
        return holds_until(command.kind, issued_on, papers["valid_days"], command.valid_until)
    limit = flies_until(command.expected_on, papers["pregnancy_flies_until_days_before"])
    return min(command.valid_until, limit) if command.valid_until else limit
