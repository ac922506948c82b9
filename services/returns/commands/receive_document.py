"""Take in the content of a document, piece by piece: scanned, recognised by what it holds, sealed, and only then kept.

The content is sealed while it comes in, so nothing readable lies in the store, not even for a moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import puremagic

from services.returns.domain.access import may_work
from services.returns.domain.documents import AWAITED, HARMFUL, TYPES, Standing, standing_after
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.document_store import DocumentStore, ObjectWriter
from services.returns.persistence.document_tables import DocumentRow
from services.returns.persistence.documents import document_of, seal_key
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotFound
from shared.protection.malware import Scan, ScannerAway, begin_scan
from shared.protection.streams import SealingStream, new_file_key

LOOKED_AT_BYTES = 4_096
"""Every type that is taken says what it is in its first bytes."""


class DocumentHasItsContent(Conflict):
    """A content is sent once; a better copy is a new document."""

    slug = "document-has-its-content"
    title = "This document has its content already; add a new one"


class DocumentTypeNotTaken(Invalid):
    """By content, whatever it is called; `types` names what is taken."""

    slug = "document-type-not-taken"
    title = "This type of file is not taken"


@dataclass(frozen=True)
class Received:
    """What came in and lies sealed in the store; the key is nowhere else yet."""

    writer: ObjectWriter
    key: bytes
    media_type: str
    size_bytes: int
    standing: Standing


async def awaited(uow: UnitOfWork, document_id: UUID, *, lock: bool = False) -> tuple[CaseFile, DocumentRow]:
    """The document and its case, if its content is awaited from this caller. Raises NotFound, DocumentHasItsContent."""
    row = await document_of(uow, document_id)
    file = await load_file(uow, row.case_id, may_work, lock=lock)
    if lock:
        row = await document_of(uow, document_id, lock=True)
    if row.added_by != uow.actor.subject:
        raise NotFound
    if row.status != AWAITED.name:
        raise DocumentHasItsContent
    return file, row


async def take_in(
    content: AsyncIterator[bytes], *, name: str, store: DocumentStore, scanner: str | None, seconds: float
) -> Received:
    """Read the content once, without a unit of work; what is refused is removed. A scanner that is away refuses
    nothing: the document is kept in quarantine. Raises DocumentTypeNotTaken, StoreAway."""
    scan = await _scan(scanner, seconds)
    writer = await store.writer()
    try:
        key = new_file_key()
        stream, head, size = SealingStream(key, name), b"", 0
        async for piece in content:
            head, size = (head + piece)[:LOOKED_AT_BYTES], size + len(piece)
            scan = await _pass_by(scan, piece)
            await writer.add(stream.add(piece))
        media_type = recognised(head)
        await writer.add(stream.finish())
        await writer.close()
        standing = standing_after(scanner=scanner is not None, harmful=await _verdict(scan))
        return Received(writer, key, media_type, size, standing)
    except BaseException:
        await writer.abandon()
        raise
    finally:
        if scan is not None:
            await scan.close()


async def handle(document_id: UUID, received: Received, *, scanned: bool, uow: UnitOfWork) -> DocumentRow:
    """Keep what came in, with its key sealed under the person's. Raises NotFound, DocumentHasItsContent,
    PersonErased."""
    file, row = await awaited(uow, document_id, lock=True)
    row.status, row.media_type, row.size_bytes = received.standing.name, received.media_type, received.size_bytes
    row.received_at = uow.now
    row.scanned_at = uow.now if scanned and received.standing.name != "quarantined" else None
    if received.standing is not HARMFUL:
        row.object_name = received.writer.name
        await seal_key(uow, row, received.key)
    touch(row, now=uow.now)
    ref = file.ref_of(row.person_id)
    remember(uow, file.case, f"document-{row.status}", before=file.case.state, person_ref=ref)
    if received.standing is HARMFUL:
        uow.notify("document.harmful", role="caseworker", scope=file.case.office_id, subject=row.id)
    return row


def recognised(head: bytes) -> str:
    """The type by the first bytes; raises DocumentTypeNotTaken."""
    try:
        found = puremagic.from_string(head, mime=True) if head else ""
    except (puremagic.PureError, ValueError):
        found = ""
    if found not in TYPES:
        raise DocumentTypeNotTaken(types=sorted(TYPES))
    return str(found)


async def _scan(scanner: str | None, seconds: float) -> Scan | None:
    if scanner is None:
        return None
    try:
        return await begin_scan(scanner, seconds=seconds)
    except ScannerAway:
        return None


async def _pass_by(scan: Scan | None, piece: bytes) -> Scan | None:
    if scan is None:
        return None
    try:
        await scan.add(piece)
    except ScannerAway:
        await scan.close()
        return None
    return scan


async def _verdict(scan: Scan | None) -> bool | None:
    if scan is None:
        return None
    try:
        return (await scan.finish()).harmful
    except ScannerAway:
        return None
