"""Record a person's travel document; its number is sealed, its validity steers readiness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember, seal_number
from services.returns.persistence.tables import TravelDocumentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordTravelDocument:
    """A passport, laissez-passer or the like."""

    case_id: UUID
    person_ref: str
    kind: str
    issuer: str
    valid_until: date
    number: str | None = None


async def handle(command: RecordTravelDocument, *, uow: UnitOfWork) -> TravelDocumentRow:
    """Raises NotFound."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    row = TravelDocumentRow(
        person_id=person.id,
        kind=command.kind,
        issuer=command.issuer,
        valid_until=command.valid_until,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await seal_number(uow, row, command.number)
    uow.session.add(row)
    touch(file.case, now=uow.now)
    remember(uow, file.case, "travel-document-recorded", before=file.case.state)
    return row
