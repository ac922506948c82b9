"""Documents of persons: announced, then sent and read as a stream; what they are called is sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from services.returns.api.disclosures import returns_settings
from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import add_document, read_document, receive_document
from services.returns.domain.access import may_read
from services.returns.domain.documents import EVERY_DESK, TYPES, Kind, readers
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.document_store import DocumentStore, StoreAway
from services.returns.persistence.document_tables import DocumentRow
from services.returns.persistence.documents import document_of, documents_of, open_names
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems
from shared.protection.vault import PersonErased

router = APIRouter(tags=["3 journey"])
Worker = Annotated[Call, caller(*EVERY_DESK)]
BINARY: dict[str, Any] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES}
SHOWN = {"Content-Security-Policy": "sandbox", "Cache-Control": "no-store"}
STATUS = "awaiting_content, kept, quarantined (not scanned yet), harmful, deleted or erased."


class DocumentIn(Body):
    """What a document is, and of whom."""

    person_ref: Short
    kind: Kind = Field(description="Which paper it is; some kinds are read by fewer roles.")
    name: Short | None = Field(default=None, description="What you call it; sealed.", examples=["declaration 2"])
    issued_on: date | None = None


class RemovalIn(Body):
    """Why it is taken away."""

    reason_code: Code = Field(examples=["wrong_person"])


class DocumentOut(BaseModel):
    """A document without its content."""

    id: UUID
    version: int
    case_id: UUID
    person_ref: str | None
    kind: str
    name: str | None = Field(default=None, description="What it is called; in lists only.")
    status: str = Field(description=STATUS)
    issued_on: date | None
    media_type: str | None = Field(description="Recognised by its content.")
    size_bytes: int | None = Field(description="Size of the content in bytes.")
    added_role: str = Field(description="Role that added it.")
    received_at: datetime | None = Field(description="When the content came in.")
    scanned_at: datetime | None = Field(description="When a scanner looked at it.")
    deleted_on: date | None = Field(description="Day on which it was taken away.")
    reason_code: str | None


def _store(call: Call) -> DocumentStore:
    return DocumentStore(returns_settings(call).documents_url)


def _out(file: CaseFile, row: DocumentRow, name: str | None = None) -> DocumentOut:
    known = row.model_dump(include=set(DocumentOut.model_fields))
    return DocumentOut(**known, person_ref=file.ref_of(row.person_id), name=name)


async def _show(uow: UnitOfWork, row: DocumentRow) -> DocumentOut:
    return _out(await load_file(uow, row.case_id, may_read), row)


@router.post(
    "/cases/{case_id}/documents",
    operation_id="addDocument",
    summary="Announce a document",
    status_code=201,
    response_model=DocumentOut,
    responses=problems(NotFound, PersonErased),
)
async def add(call: Worker, case_id: UUID, body: DocumentIn) -> Response:
    """Then send the content with `PUT /documents/{id}/content`."""
    command = add_document.AddDocument(case_id=case_id, **body.model_dump())
    return await call.command(
        lambda uow: add_document.handle(command, uow=uow),
        _show,
        status=201,
        reload=document_of,
        match="none",
        location="/returns/v1/documents/{id}/content",
    )


@router.get(
    "/cases/{case_id}/documents",
    operation_id="listDocuments",
    summary="Documents of a case",
    responses=problems(NotFound),
)
async def list_(call: Worker, case_id: UUID, response: Response) -> list[DocumentOut]:
    """Newest first, those that your role may read; opening what they are called is audited."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        rows = [row for row in await documents_of(uow, file.id) if set(readers(row.kind)) & call.actor.roles]
        names = await open_names(uow, rows)
    return [_out(file, row, names.get(row.id)) for row in rows]


@router.put(
    "/documents/{document_id}/content",
    operation_id="sendDocumentContent",
    summary="Send the content",
    response_model=DocumentOut,
    responses=problems(
        NotFound, receive_document.DocumentHasItsContent, receive_document.DocumentTypeNotTaken, PersonErased, StoreAway
    ),
    openapi_extra={"requestBody": {"required": True, "content": BINARY}},
)
async def send(call: Worker, document_id: UUID) -> Response:
    """PDF, JPEG, PNG or TIFF by content, whatever it is called; once, by whoever announced it. With a scanner set, what
    it did not see is kept in quarantine, and what it finds harmful is not kept at all."""
    async with call.reading() as uow:
        await receive_document.awaited(uow, document_id)
    settings = returns_settings(call)
    scanner = settings.scanner_url
    received = await receive_document.take_in(
        call.request.stream(),
        name=str(document_id),
        store=_store(call),
        scanner=scanner,
        seconds=settings.scanner_seconds,
    )
    return await _keep(call, document_id, received, scanned=scanner is not None)


async def _keep(call: Call, document_id: UUID, received: receive_document.Received, *, scanned: bool) -> Response:
    """What cannot be committed is not kept in the store either."""
    try:
        answer = await call.command(
            lambda uow: receive_document.handle(document_id, received, scanned=scanned, uow=uow), _show, match="none"
        )
    except BaseException:
        await received.writer.abandon()
        raise
    if received.standing.name == "harmful":
        await received.writer.abandon()
    return answer


@router.get(
    "/documents/{document_id}/content",
    operation_id="readDocumentContent",
    summary="Read the content",
    response_class=StreamingResponse,
    responses={
        **problems(NotFound, read_document.DocumentNotReadable, read_document.DocumentEnded, StoreAway),
        200: {"description": "The content as it came in.", "content": BINARY},
    },
)
async def read(call: Worker, document_id: UUID) -> StreamingResponse:
    """As a download under a name that says nothing about anybody. Every reading is audited."""
    store = _store(call)
    async with call.units.begin(actor=call.actor, acting_role=call.acting_role) as uow:
        readable = await read_document.handle(document_id, store=store, uow=uow)
    headers = {**SHOWN, "Content-Disposition": f'attachment; filename="{readable.file_name}"'}
    headers["Content-Length"] = str(readable.row.size_bytes)
    content: AsyncIterator[bytes] = read_document.content(readable, store)
    return StreamingResponse(content, media_type=readable.row.media_type, headers=headers)


@router.post(
    "/documents/{document_id}/removal",
    operation_id="removeDocument",
    summary="Take a wrong document away",
    response_model=DocumentOut,
    responses=problems(NotFound, add_document.DocumentGone),
)
async def remove(call: Worker, document_id: UUID, body: RemovalIn) -> Response:
    """The entry stays and says why; the content can be read no longer and is removed from the store within a day."""
    return await call.command(
        lambda uow: add_document.remove(document_id, reason=body.reason_code, uow=uow), _show, reload=document_of
    )
