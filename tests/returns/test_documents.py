"""Documents: sealed on the way in, read by whom they concern, recognised by content, scanned, and erased with the key."""

from __future__ import annotations

import asyncio
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from services.returns.commands import tidy_documents
from shared.testing.plugin import Run
from tests.returns.clamd import EICAR, clamd
from tests.returns.story import NAME, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
PDF = b"%PDF-1.7\n" + b"a signed declaration of somebody\n" * 8_000 + b"%%EOF\n"
NOWHERE = "tcp://127.0.0.1:1"


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


class Papers(CaseStory):
    """A case with documents."""

    async def add(self, kind: str = "identity_paper", *, client: Any = None, expect: int = 201) -> dict[str, Any]:
        body = {"person_ref": self.refs()[0], "kind": kind, "name": f"scan of {NAME}"}
        answer = await (client or self.caseworker).post(f"/returns/v1/cases/{self.id}/documents", json=body)
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, document: dict[str, Any], content: bytes, *, client: Any = None) -> Any:
        path = f"/returns/v1/documents/{document['id']}/content"
        headers = {"Content-Type": "application/octet-stream"}
        return await (client or self.caseworker).put(path, content=content, headers=headers)

    async def kept(self, content: bytes = PDF, kind: str = "identity_paper", *, client: Any = None) -> dict[str, Any]:
        document = await self.add(kind, client=client)
        answer = await self.send(document, content, client=client)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, document: dict[str, Any], *, client: Any = None) -> Any:
        return await (client or self.caseworker).get(f"/returns/v1/documents/{document['id']}/content")

    async def listed(self, *, client: Any = None) -> list[dict[str, Any]]:
        answer = await (client or self.caseworker).get(f"/returns/v1/cases/{self.id}/documents")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found


def objects(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


async def case(running: Run, store: Path, **settings: Any) -> Papers:
    told = Papers(await running("returns", documents_url=store.as_uri(), **settings))
    await told.world()
    await told.submitted([person("main_applicant")])
    return told


async def test_what_comes_in_goes_out_and_lies_sealed(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    document = await told.kept()
    assert (document["status"], document["media_type"], document["size_bytes"]) == ("kept", "application/pdf", len(PDF))
    read = await told.read(document)
    assert read.content == PDF
    assert read.headers["Content-Disposition"] == 'attachment; filename="identity-paper.pdf"'
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert read.headers["Cache-Control"] == "no-store"
    (stored,) = objects(tmp_path)
    assert b"declaration" not in stored.read_bytes()
    assert stored.name not in (document["id"], NAME)
    rows = str(await told.service.fetch("SELECT t::text FROM document t"))
    assert NAME not in rows
    (shown,) = await told.listed()
    assert shown["name"] == f"scan of {NAME}"
    for event in await told.service.published():
        assert NAME not in event.model_dump_json()


async def test_every_reading_is_audited_and_the_scope_holds(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    document = await told.kept()
    for _ in range(2):
        await told.read(document, client=told.officer)
    reads = await told.service.fetch("SELECT actor FROM audit WHERE action = 'document.read'")
    assert [row["actor"] for row in reads] == ["co-1", "co-1"]
    foreign = told.service.client("caseworker", offices=["BRN"], subject="cw-9")
    other = told.service.client("case_officer", authority_id="BFA", subject="co-9")
    unknown = await told.read({"id": "0199c0de-0000-7000-8000-00000000dead"})
    for client in (foreign, other):
        refused = await told.read(document, client=client)
        assert (refused.status_code, refused.json()) == (404, unknown.json())
        assert (await told.send(document, PDF, client=client)).status_code == 404
        assert (await client.get(f"/returns/v1/cases/{told.id}/documents")).status_code == 404
    partner = told.service.client("partner_agency", agency_id="x", subject="pa-1")
    assert (await told.read(document, client=partner)).status_code == 403


async def test_medical_papers_are_read_by_medical_officers_only(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    medical = told.service.client("medical_officer", offices=["ZRH"], subject="mo-1")
    paper = await told.kept(kind="medical_paper")
    assert (await told.read(paper)).status_code == 404
    assert await told.listed() == []
    assert (await told.read(paper, client=medical)).content == PDF
    sealed = await told.kept(kind="conditional_claim_withdrawal")
    assert (await told.read(sealed, client=told.officer)).status_code == 404
    assert (await told.read(sealed)).content == PDF


@pytest.mark.parametrize("content", [b"", b"MZ\x90\0" + bytes(200), b"PK\3\4" + bytes(200), b"<html><script>", b"text"])
async def test_the_type_is_what_the_content_says(running: Run, tmp_path: Path, content: bytes) -> None:
    told = await case(running, tmp_path)
    document = await told.add()
    refused = await told.send(document, content)
    assert (refused.status_code, refused.json()["slug"]) == (422, "document-type-not-taken")
    assert objects(tmp_path) == []
    assert (await told.send(document, png())).json()["media_type"] == "image/png"
    again = await told.send(document, PDF)
    assert (again.status_code, again.json()["slug"]) == (409, "document-has-its-content")


async def test_too_large_a_file_is_refused_and_nothing_of_it_stays(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path, max_upload_bytes=100_000)
    document = await told.add()
    refused = await told.send(document, PDF)
    assert (refused.status_code, refused.json()["slug"]) == (413, "payload-too-large")
    assert objects(tmp_path) == []
    assert (await told.read(document)).json()["slug"] == "document-not-readable"


async def test_a_harmful_file_is_not_kept(running: Run, tmp_path: Path) -> None:
    async with clamd() as scanner:
        told = await case(running, tmp_path, scanner_url=scanner)
        harmful = await told.kept(b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n")
        clean = await told.kept()
    assert (harmful["status"], clean["status"]) == ("harmful", "kept")
    assert clean["scanned_at"] is not None
    assert len(objects(tmp_path)) == 1
    assert (await told.read(harmful)).json()["standing"] == "harmful"
    notices = (await told.caseworker.get("/returns/v1/notifications")).json()["items"]
    assert "document.harmful" in {notice["kind"] for notice in notices}


async def test_what_was_not_scanned_waits_in_quarantine_until_it_was(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path, scanner_url=NOWHERE, scanner_seconds=1.0)
    clean = await told.kept()
    harmful = await told.kept(b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n")
    assert (clean["status"], clean["scanned_at"]) == ("quarantined", None)
    refused = await told.read(clean)
    assert (refused.status_code, refused.json()["standing"]) == (409, "quarantined")
    await told.service.run_job(tidy_documents.SCAN_JOB)
    assert {entry["status"] for entry in await told.listed()} == {"quarantined"}
    async with clamd() as scanner:
        object.__setattr__(told.service.runtime.settings, "scanner_url", scanner)
        await told.service.run_job(tidy_documents.SCAN_JOB)
    assert {entry["id"]: entry["status"] for entry in await told.listed()} == {
        clean["id"]: "kept",
        harmful["id"]: "harmful",
    }
    assert (await told.read(clean)).content == PDF


async def test_the_key_of_the_person_is_the_key_of_the_content(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    document = await told.kept()
    await told.post("withdrawal", {})
    protection = told.service.client("protection_officer", offices=["ZRH"], subject="po-1")
    erased = await protection.post(f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}/erasure")
    assert erased.status_code == 200, erased.text
    ended = await told.read(document)
    assert (ended.status_code, ended.json()["slug"]) == (410, "document-ended")
    (shown,) = await told.listed()
    assert (shown["status"], shown["name"]) == ("erased", None)
    late = await told.add(expect=409)
    assert late["slug"] == "person-erased"


async def test_orphans_are_removed_and_documents_are_not(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    kept = await told.kept()
    removed = await told.kept(png())
    await told.caseworker.post(f"/returns/v1/documents/{removed['id']}/removal", json={"reason_code": "wrong_person"})
    assert (await told.read(removed)).status_code == 410
    now = told.service.clock.now()
    for path in objects(tmp_path):
        os.utime(path, (now.timestamp(), now.timestamp()))
    await told.service.run_job(tidy_documents.ORPHANS_JOB)
    assert len(objects(tmp_path)) == 2
    told.service.clock.advance(days=2)
    await told.service.run_job(tidy_documents.ORPHANS_JOB)
    assert len(objects(tmp_path)) == 1
    assert (await told.read(kept)).content == PDF


async def test_a_content_that_was_exchanged_in_the_store_is_not_given_out(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    document = await told.kept()
    (stored,) = objects(tmp_path)
    data = bytearray(stored.read_bytes())
    data[-1] ^= 1
    stored.write_bytes(bytes(data))
    broken_off = await told.read(document)
    assert len(broken_off.content) < int(broken_off.headers["Content-Length"]) == len(PDF)
    stored.unlink()
    away = await told.read(document)
    assert (away.status_code, away.json()["slug"]) == (503, "document-store-away")


async def test_two_contents_for_one_document_leave_one(running: Run, tmp_path: Path) -> None:
    told = await case(running, tmp_path)
    document = await told.add()
    answers = await asyncio.gather(*(told.send(document, PDF) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(objects(tmp_path)) == 1
