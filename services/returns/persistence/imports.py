"""Loads and keeps caseload imports, their sealed files, and who came in before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Select, delete
from sqlmodel import col, select

from services.returns.domain.access import may_run_import
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.import_tables import CaseloadImportRow, ImportedPersonRow, ImportedRowRow
from shared.auth.policies import require
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset
from shared.protection.vault import Sealed

TO_DO = ("queued", "running")


def limits() -> dict[str, Any]:
    """How large a file may be, and how many days it is kept."""
    return reference("caseload-import-v1")


async def load_import(uow: UnitOfWork, import_id: UUID, *, lock: bool = False) -> CaseloadImportRow:
    """The import, if it is of the caller's office. Raises NotFound."""
    statement: Select[Any] = select(CaseloadImportRow).where(col(CaseloadImportRow.id) == import_id)
    found = await uow.session.scalar(statement.with_for_update(key_share=True) if lock else statement)
    if found is None:
        raise NotFound
    row: CaseloadImportRow = found
    require(uow.actor, may_run_import, row)
    return row


async def imports_of(uow: UnitOfWork, page: PageRequest) -> tuple[list[CaseloadImportRow], str | None]:
    """Imports of the caller's offices, newest first."""
    statement = select(CaseloadImportRow).where(col(CaseloadImportRow.office_id).in_(sorted(uow.actor.offices)))
    return await keyset(uow.session, statement, page, col(CaseloadImportRow.id), descending=True)


async def rows_of(
    uow: UnitOfWork, import_id: UUID, page: PageRequest, *, outcome: str | None
) -> tuple[list[ImportedRowRow], str | None]:
    """What became of the rows, in the order of the file."""
    statement = select(ImportedRowRow).where(col(ImportedRowRow.import_id) == import_id)
    if outcome is not None:
        statement = statement.where(col(ImportedRowRow.outcome) == outcome)
    return await keyset(uow.session, statement, page, col(ImportedRowRow.row_number))


async def next_to_do(uow: UnitOfWork) -> CaseloadImportRow | None:
    """The import that has waited longest."""
    statement = select(CaseloadImportRow).where(col(CaseloadImportRow.status).in_(TO_DO))
    return await uow.session.scalar(statement.order_by(col(CaseloadImportRow.id)).limit(1))


async def claim_import(uow: UnitOfWork, import_id: UUID) -> CaseloadImportRow | None:
    """The import, locked for one batch; None when somebody else works on it or it is done."""
    statement = select(CaseloadImportRow).where(
        col(CaseloadImportRow.id) == import_id, col(CaseloadImportRow.status).in_(TO_DO)
    )
    return await uow.session.scalar(statement.with_for_update(skip_locked=True))


async def seal_file(uow: UnitOfWork, row: CaseloadImportRow, content: bytes) -> None:
    """Keep the file, sealed under a key that nothing else is sealed under."""
    row.sealed_file = await uow.vault.seal(Sealed(row.id, "caseload_import", "file", content))
    row.file_bytes = len(content)


async def open_file(uow: UnitOfWork, row: CaseloadImportRow) -> bytes | None:
    """The file, audited; None once it is destroyed."""
    if row.sealed_file is None:
        return None
    return await uow.vault.open(
        Sealed(row.id, "caseload_import", "file", bytes(row.sealed_file)), purpose="caseload-import"
    )


async def destroy_file(uow: UnitOfWork, row: CaseloadImportRow) -> None:
    """Destroy the key of the file and the file itself; what was reported of its rows stays, as it holds codes only."""
    await uow.vault.destroy(row.id)
    row.sealed_file = None
    row.destroyed_on = uow.now.date()


async def due_for_destruction(uow: UnitOfWork, today: date) -> list[UUID]:
    """Imports whose file has been kept long enough."""
    row = CaseloadImportRow
    statement = select(col(row.id)).where(col(row.destroy_on) <= today, col(row.destroyed_on).is_(None))
    return list((await uow.session.execute(statement)).scalars())


async def row_key(uow: UnitOfWork, row: CaseloadImportRow, external_id: str) -> bytes:
    """The keyed hash by which a person of this office's source system is found again."""
    key_id = uuid5(NAMESPACE_URL, f"wayhome:imported-person:{row.office_id}:{row.source_system}")
    return await uow.vault.lasting_hash(key_id, external_id)


async def already_imported(uow: UnitOfWork, office_id: str, keys: Sequence[bytes]) -> dict[bytes, UUID]:
    """The cases of those of these keys that came in before."""
    table = ImportedPersonRow
    statement = select(table).where(col(table.office_id) == office_id, col(table.row_key).in_(keys))
    return {bytes(found.row_key): found.case_id for found in (await uow.session.execute(statement)).scalars()}


async def outcome_of(uow: UnitOfWork, import_id: UUID, row_number: int) -> str | None:
    """What became of an earlier row of the same file."""
    found = await uow.session.get(ImportedRowRow, (import_id, row_number))
    return found.outcome if found else None


async def forget_rows(uow: UnitOfWork, import_id: UUID) -> None:
    """Drop the report of a dry run before the real one."""
    await uow.session.execute(delete(ImportedRowRow).where(col(ImportedRowRow.import_id) == import_id))
