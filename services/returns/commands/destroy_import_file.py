"""Destroy the file of an import: when asked, and by itself once it was kept long enough."""

from __future__ import annotations

from uuid import UUID

from services.returns.persistence.import_tables import CaseloadImportRow
from services.returns.persistence.imports import TO_DO, destroy_file, due_for_destruction, load_import
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Runtime

JOB = "destroy-import-files"


async def run(runtime: Runtime) -> None:
    """One unit for each file that is due."""
    await one_by_one(runtime, Principal.system(JOB), lambda uow: due_for_destruction(uow, uow.now.date()), handle)


async def handle(import_id: UUID, *, uow: UnitOfWork) -> CaseloadImportRow:
    """What is not done by then is not done; the report stays. Doing it again changes nothing. Raises NotFound."""
    row = await load_import(uow, import_id, lock=True)
    if row.destroyed_on is not None:
        return row
    await destroy_file(uow, row)
    if row.status in (*TO_DO, "awaiting_file"):
        row.status = "stopped"
    touch(row, now=uow.now)
    uow.record("import.file-destroyed", subject=row.id)
    return row
