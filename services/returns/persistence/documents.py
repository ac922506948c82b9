"""Finds documents, and seals and opens their names and keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.documents import ERASED
from services.returns.persistence.document_tables import DocumentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.protection.vault import Sealed


async def document_of(uow: UnitOfWork, document_id: UUID, *, lock: bool = False) -> DocumentRow:
    """One document; raises NotFound. Whoever also locks the case locks that first."""
    statement = select(DocumentRow).where(col(DocumentRow.id) == document_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    found: DocumentRow | None = await uow.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def documents_of(uow: UnitOfWork, case_id: UUID) -> list[DocumentRow]:
    """Every document of a case, newest first."""
    statement = select(DocumentRow).where(col(DocumentRow.case_id) == case_id).order_by(col(DocumentRow.id).desc())
    return list((await uow.session.execute(statement)).scalars())


async def in_quarantine(uow: UnitOfWork, *, at_once: int) -> list[UUID]:
    """Documents that wait for the scanner, oldest first."""
    wanted = select(col(DocumentRow.id)).where(col(DocumentRow.status) == "quarantined")
    return list((await uow.session.execute(wanted.order_by(col(DocumentRow.id)).limit(at_once))).scalars())


async def named_objects(uow: UnitOfWork, names: Collection[str]) -> set[str]:
    """Which of these objects belong to a document."""
    wanted = select(col(DocumentRow.object_name)).where(col(DocumentRow.object_name).in_(names))
    return {name for name in (await uow.session.execute(wanted)).scalars() if name is not None}


async def forget_documents(uow: UnitOfWork, person_id: UUID) -> None:
    """The person is erased: no content opens any more, and what lies in the store becomes an orphan."""
    statement = select(DocumentRow).where(col(DocumentRow.person_id) == person_id).with_for_update(key_share=True)
    for row in (await uow.session.execute(statement)).scalars():
        row.status, row.sealed_name = ERASED.name, None
        forget_content(row)
        touch(row, now=uow.now)


def forget_content(row: DocumentRow) -> None:
    """The content opens no more, and what lies in the store becomes an orphan."""
    row.object_name = row.sealed_key = None


async def seal_name(uow: UnitOfWork, row: DocumentRow, name: str | None) -> None:
    """Seal what the person who added it calls it."""
    if name:
        row.sealed_name = await uow.vault.seal(Sealed(row.person_id, "document", "name", name.encode()))


async def seal_key(uow: UnitOfWork, row: DocumentRow, key: bytes) -> None:
    """Seal the content's key under the person's; raises PersonErased."""
    row.sealed_key = await uow.vault.seal(Sealed(row.person_id, "document", "key", key))


async def open_key(uow: UnitOfWork, row: DocumentRow, *, purpose: str) -> bytes | None:
    """The content's key, audited; None when the person was erased."""
    if row.sealed_key is None:
        return None
    return await uow.vault.open(Sealed(row.person_id, "document", "key", bytes(row.sealed_key)), purpose=purpose)


async def open_names(uow: UnitOfWork, rows: Sequence[DocumentRow]) -> dict[UUID, str | None]:
    """What documents are called, audited."""
    known = [row for row in rows if row.sealed_name is not None]
    items = [Sealed(row.person_id, "document", "name", bytes(row.sealed_name or b"")) for row in known]
    opened = await uow.vault.open_many(items, purpose="document-names")
    return {row.id: value.decode() if value else None for row, value in zip(known, opened, strict=True)}
