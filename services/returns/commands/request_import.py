"""Ask for the import of a caseload file into one office and programme; the file itself comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.persistence.import_tables import CaseloadImportRow
from services.returns.persistence.imports import limits
from services.returns.persistence.programmes import find_programme
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden


@dataclass(frozen=True, kw_only=True)
class RequestImport:
    """Where the rows come from and where they go; a dry run changes nothing."""

    office_id: str
    authority_id: str
    programme_id: UUID
    source_system: str
    dry_run: bool


async def handle(command: RequestImport, *, uow: UnitOfWork) -> CaseloadImportRow:
    """Raises ProgrammeNotKnownYet; Forbidden for another's office."""
    if command.office_id not in uow.actor.offices:
        raise Forbidden
    if await find_programme(uow.session, command.programme_id) is None:
        raise ProgrammeNotKnownYet
    row = CaseloadImportRow(
        **vars(command),
        file_format="unknown",
        asked_by=uow.actor.subject,
        destroy_on=uow.now.date() + timedelta(days=limits()["staging_days"]),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("import.requested", subject=row.id, dry_run=command.dry_run)
    return row
