"""Open the content of a document for whoever may read its kind; every reading is audited before the first byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from services.returns.domain.access import may_read
from services.returns.domain.documents import STANDINGS, TYPES, readers
from services.returns.persistence.cases import load_file
from services.returns.persistence.document_store import DocumentStore, StoreAway
from services.returns.persistence.document_tables import DocumentRow
from services.returns.persistence.documents import document_of, open_key
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Gone, NotFound
from shared.protection.streams import OpeningStream


class DocumentNotReadable(Conflict):
    """`standing` says why: awaited, in quarantine, or found harmful."""

    slug = "document-not-readable"
    title = "The content of this document cannot be read now"


class DocumentEnded(Gone):
    """Taken away, or the person was erased."""

    slug = "document-ended"
    title = "The content of this document is no longer there"


@dataclass(frozen=True)
class Readable:
    """A content that may be read now."""

    row: DocumentRow
    key: bytes
    object_name: str

    @property
    def file_name(self) -> str:
        """A name that says nothing about anybody."""
        return f"{self.row.kind.replace('_', '-')}.{TYPES[self.row.media_type or 'application/pdf']}"


async def handle(document_id: UUID, *, store: DocumentStore, uow: UnitOfWork) -> Readable:
    """Raises NotFound (also for a kind that others read), DocumentNotReadable, DocumentEnded, StoreAway."""
    row = await document_of(uow, document_id)
    await load_file(uow, row.case_id, may_read)
    if not set(readers(row.kind)) & uow.actor.roles:
        raise NotFound
    if row.status in ("deleted", "erased"):
        raise DocumentEnded
    if not STANDINGS[row.status].readable or row.object_name is None:
        raise DocumentNotReadable(standing=row.status)
    key = await open_key(uow, row, purpose="document")
    if key is None:
        raise DocumentEnded
    if not await store.exists(row.object_name):
        raise StoreAway
    uow.record("document.read", subject=row.id, kind=row.kind)
    return Readable(row, key, row.object_name)


async def content(readable: Readable, store: DocumentStore) -> AsyncIterator[bytes]:
    """The plain bytes, piece by piece. A content that was tampered with breaks off."""
    stream = OpeningStream(readable.key, str(readable.row.id))
    async for piece in store.read(readable.object_name):
        if plain := stream.add(piece):
            yield plain
    yield stream.finish()
