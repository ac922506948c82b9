"""The hooks of documents against a real clamd and a real S3 server, where somebody runs them (docs/documents.md says how)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import fsspec
import pytest

from services.returns.persistence.document_store import DocumentStore, StoreAway
from shared.protection.malware import ScannerAway, begin_scan
from shared.testing.plugin import Run
from tests.returns.clamd import EICAR
from tests.returns.test_documents import PDF, Papers, case, objects

pytestmark = pytest.mark.asyncio(loop_scope="session")
CLAMD, S3 = os.environ.get("WAYHOME_TEST_CLAMD"), os.environ.get("WAYHOME_TEST_S3")
with_clamd = pytest.mark.skipif(not CLAMD, reason="WAYHOME_TEST_CLAMD names no clamd")
with_s3 = pytest.mark.skipif(not S3, reason="WAYHOME_TEST_S3 names no s3:// folder")
LONGER_THAN_IT_TAKES = 12_000_000


async def scanned(content: bytes) -> bool:
    scan = await begin_scan(CLAMD or "", seconds=10)
    try:
        await scan.add(content)
        return (await scan.finish()).harmful
    finally:
        await scan.close()


@with_clamd
async def test_a_real_scanner_tells_the_test_file_from_others(running: Run, tmp_path: Any) -> None:
    assert [await scanned(content) for content in (PDF, EICAR, PDF + EICAR)] == [False, True, True]
    with pytest.raises(ScannerAway):
        await scanned(b"x" * LONGER_THAN_IT_TAKES)
    told = await case(running, tmp_path, scanner_url=CLAMD)
    kept = await told.kept()
    assert kept["scanned_at"]
    harmful = await told.kept(b"%PDF-1.7\n" + EICAR)
    assert harmful["status"] == "harmful"
    assert len(objects(tmp_path)) == 1


@with_s3
async def test_a_real_store_gives_back_what_it_took_and_lists_what_is_there(running: Run) -> None:
    told = Papers(await running("returns", documents_url=S3))
    await told.world()
    await told.submitted()
    document = await told.kept()
    assert (await told.read(document)).content == PDF
    store, later = DocumentStore(S3 or ""), datetime.now(UTC) + timedelta(minutes=5)
    (row,) = await told.service.fetch("SELECT object_name FROM document")
    held = b"".join([piece async for piece in store.read(row["object_name"])])
    assert b"signed" not in held
    assert row["object_name"] in await store.older_than(later)
    assert row["object_name"] not in await store.older_than(later - timedelta(days=1))
    for _ in range(2):
        await store.remove(row["object_name"])
    assert not await store.exists(row["object_name"])
    assert (await told.read(document)).status_code == 503


@with_s3
async def test_a_store_where_nobody_listens_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    store = DocumentStore("s3://another-bucket/folder")
    with pytest.raises(StoreAway):
        await store.exists("0" * 32)
    with pytest.raises(StoreAway):
        await store.remove("0" * 32)
