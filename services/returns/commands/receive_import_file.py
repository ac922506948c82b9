"""Take the file of an import: read once to see that it can be, sealed, and queued."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.returns.commands.read_caseload import read_caseload
from services.returns.persistence.import_tables import CaseloadImportRow
from services.returns.persistence.imports import limits, load_import, seal_file
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class ImportHasItsFile(Conflict):
    """One import is one file; another file is another import."""

    slug = "import-has-its-file"
    title = "This import has its file already; ask for another import"


@dataclass(frozen=True, kw_only=True)
class ReceiveImportFile:
    """The bytes as they came."""

    import_id: UUID
    content: bytes


async def handle(command: ReceiveImportFile, *, uow: UnitOfWork) -> CaseloadImportRow:
    """Raises NotFound, ImportHasItsFile, CaseloadFileNotReadable."""
    row = await load_import(uow, command.import_id, lock=True)
    if row.status != "awaiting_file" or row.destroyed_on is not None:
        raise ImportHasItsFile
    row.file_format, rows = await asyncio.to_thread(read_caseload, command.content, limits())
    await seal_file(uow, row, command.content)
    row.rows_total = len(rows)
    row.status = "queued"
    row.destroy_on = uow.now.date() + timedelta(days=limits()["staging_days"])
    touch(row, now=uow.now)
    uow.record("import.file-received", subject=row.id, rows=len(rows))
    return row
