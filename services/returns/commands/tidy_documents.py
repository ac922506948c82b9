"""Scan what waits in quarantine, and remove from the store what belongs to no document any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.returns.domain.access import may_read
from services.returns.domain.documents import HARMFUL, KEPT, QUARANTINED
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.document_store import DocumentStore, StoreAway
from services.returns.persistence.documents import document_of, forget_content, in_quarantine, named_objects, open_key
from services.returns.settings import ReturnsSettings
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.protection.malware import ScannerAway, begin_scan
from shared.protection.streams import OpeningStream
from shared.service import Job, Runtime

SCAN_JOB = "scan-quarantined-documents"
ORPHANS_JOB = "remove-orphaned-documents"
AT_ONCE = 100
ORPHAN_AFTER = timedelta(days=1)
"""An upload and its commit take minutes at most; a day leaves room for clocks that differ."""


async def scan_quarantined(runtime: Runtime) -> None:
    """One unit for each document; nothing happens while no scanner is set or it is away."""
    settings, system = runtime.own_settings(ReturnsSettings), Principal.system(SCAN_JOB)
    if settings.scanner_url is None:
        return
    async with runtime.units.read(actor=system) as uow:
        waiting = await in_quarantine(uow, at_once=AT_ONCE)
    for document_id in waiting:
        async with runtime.units.begin(actor=system) as uow:
            try:
                await scan(document_id, settings=settings, uow=uow)
            except (ScannerAway, StoreAway):
                return


async def scan(document_id: UUID, *, settings: ReturnsSettings, uow: UnitOfWork) -> None:
    """Let one document out of quarantine, or find it harmful. Raises NotFound, ScannerAway, StoreAway."""
    row = await document_of(uow, document_id, lock=True)
    key = await open_key(uow, row, purpose="document-scan")
    if row.status != QUARANTINED.name or key is None or row.object_name is None or settings.scanner_url is None:
        return
    asked = await begin_scan(settings.scanner_url, seconds=settings.scanner_seconds)
    try:
        stream = OpeningStream(key, str(row.id))
        async for piece in DocumentStore(settings.documents_url).read(row.object_name):
            await asked.add(stream.add(piece))
        await asked.add(stream.finish())
        harmful = (await asked.finish()).harmful
    finally:
        await asked.close()
    row.status, row.scanned_at = (HARMFUL if harmful else KEPT).name, uow.now
    file = await load_file(uow, row.case_id, may_read)
    if harmful:
        forget_content(row)
        uow.notify("document.harmful", role="caseworker", scope=file.case.office_id, subject=row.id)
    touch(row, now=uow.now)
    remember(uow, file.case, f"document-{row.status}", before=file.case.state)


async def remove_orphans(runtime: Runtime) -> None:
    """What was written more than a day ago and no document names: broken uploads, removed and erased documents."""
    store = DocumentStore(runtime.own_settings(ReturnsSettings).documents_url)
    system = Principal.system(ORPHANS_JOB)
    try:
        old = await store.older_than(runtime.clock.now() - ORPHAN_AFTER)
    except StoreAway:
        return
    removed = 0
    for start in range(0, len(old), AT_ONCE):
        names = old[start : start + AT_ONCE]
        async with runtime.units.read(actor=system) as uow:
            kept = await named_objects(uow, names)
        for name in set(names) - kept:
            await store.remove(name)
            removed += 1
    if removed:
        async with runtime.units.begin(actor=system) as uow:
            uow.record("documents.orphans-removed", subject="documents", count=removed)


JOBS = (Job(SCAN_JOB, 300, scan_quarantined), Job(ORPHANS_JOB, 21_600, remove_orphans))
