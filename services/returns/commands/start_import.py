"""After a dry run: take the same file for real."""

from __future__ import annotations

from uuid import UUID

from services.returns.persistence.import_tables import CaseloadImportRow
from services.returns.persistence.imports import forget_rows, load_import
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

COUNTS = ("rows_done", "rows_opened", "rows_joined", "rows_known", "rows_good", "rows_bad")


class NoDryRunToStartFrom(Conflict):
    """Only a dry run that is finished, and whose file is still there, can be done for real."""

    slug = "no-dry-run-to-start-from"
    title = "There is no finished dry run whose file is still kept"


async def handle(import_id: UUID, *, uow: UnitOfWork) -> CaseloadImportRow:
    """Raises NotFound, NoDryRunToStartFrom."""
    row = await load_import(uow, import_id, lock=True)
    uow.match(row.version)
    if not row.dry_run or row.status != "finished" or row.destroyed_on is not None:
        raise NoDryRunToStartFrom
    await forget_rows(uow, row.id)
    for name in COUNTS:
        setattr(row, name, 0)
    row.dry_run, row.status, row.asked_by = False, "queued", uow.actor.subject
    row.started_at = row.finished_at = None
    touch(row, now=uow.now)
    uow.record("import.started", subject=row.id)
    return row
