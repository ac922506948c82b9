"""Caseload import: a file of persons becomes return files; a dry run says by row and column what is wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.returns.api.caseload_template import CSV, XLSX, columns, csv_template, xlsx_template
from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import destroy_import_file, receive_import_file, request_import, start_import
from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.commands.read_caseload import CaseloadFileNotReadable
from services.returns.domain.caseload_rows import CODES
from services.returns.persistence.import_tables import CaseloadImportRow, ImportedRowRow
from services.returns.persistence.imports import imports_of, load_import, rows_of
from shared.errors import Forbidden, NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/imports", tags=["0 caseload"])
Office = Annotated[Call, caller("caseworker", "office_lead")]
Outcome = Literal["opened", "joined", "known", "good", "bad"]
FILE: dict[str, Any] = {
    "required": True,
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (CSV, XLSX)},
}


class ImportIn(Body):
    """An import: one office, one programme, one source system."""

    office_id: Short = Field(examples=["ZRH"])
    authority_id: Short = Field(examples=["SEM"])
    programme_id: UUID
    source_system: Code = Field(description="Where the numbers in `external_id` come from.", examples=["desk-2025"])
    dry_run: bool = Field(default=True, description="Only say what would happen; nothing is opened.")


class ImportOut(BaseModel):
    """How far an import is."""

    id: UUID
    version: int
    office_id: str
    authority_id: str
    programme_id: UUID
    source_system: str
    file_format: str
    dry_run: bool
    status: str = Field(description="awaiting_file, queued, running, finished or stopped.")
    rows_total: int | None
    rows_done: int = Field(description="Progress; `rows_total` at the end.")
    rows_opened: int = Field(description="Rows that became a file.")
    rows_joined: int = Field(description="Rows that became one more person on a file.")
    rows_known: int = Field(description="Rows that came in before; nothing was changed.")
    rows_good: int = Field(description="Rows of a dry run that could be taken in.")
    rows_bad: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    destroy_on: date = Field(description="Day on which the file that was sent is destroyed.")
    destroyed_on: date | None


class WrongOut(BaseModel):
    """What is wrong with one value, which is not repeated."""

    column: str
    code: str
    message: str


class ImportedRowOut(BaseModel):
    """What became of one row."""

    row_number: int = Field(description="As a spreadsheet shows it; the header is row 1.")
    outcome: str
    case_id: UUID | None
    wrong: list[WrongOut]


class ColumnOut(BaseModel):
    """One column of the file."""

    name: str
    meaning: str
    example: str
    required: bool
    kind: str
    choices: list[str]


def shown(row: CaseloadImportRow) -> ImportOut:
    """The import as answered."""
    return ImportOut.model_validate(row, from_attributes=True)


def _row(row: ImportedRowRow) -> ImportedRowOut:
    wrong = [WrongOut(**one, message=CODES.get(one["code"], one["code"].replace("-", " "))) for one in row.wrong]
    return ImportedRowOut(row_number=row.row_number, outcome=row.outcome, case_id=row.case_id, wrong=wrong)


@router.get("/columns", operation_id="listImportColumns", summary="The columns of a caseload file, explained")
async def explain(call: Office) -> list[ColumnOut]:
    """In the order of the template; other columns are refused, their order does not matter."""
    return [ColumnOut(**entry) for entry in columns()]


@router.get("/template", operation_id="getImportTemplate", summary="An empty file to fill in", response_class=Response)
async def template(
    call: Office, format: Annotated[Literal["csv", "xlsx"], Query(description="Kind of file.")] = "csv"
) -> Response:
    """With one invented row to overwrite; the XLSX explains each column on its second sheet."""
    kind, content = (CSV, csv_template()) if format == "csv" else (XLSX, xlsx_template())
    named = {"Content-Disposition": f'attachment; filename="caseload.{format}"'}
    return Response(content, media_type=kind, headers=named)


@router.post(
    "",
    operation_id="requestImport",
    summary="Ask for an import",
    status_code=201,
    response_model=ImportOut,
    responses=problems(Forbidden, ProgrammeNotKnownYet),
)
async def request(call: Office, body: ImportIn) -> Response:
    """Then send the file with `PUT /imports/{id}/file`. Without `dry_run: false` nothing is opened."""
    command = request_import.RequestImport(**body.model_dump())
    return await call.command(
        lambda uow: request_import.handle(command, uow=uow),
        lambda _uow, row: shown(row),
        status=201,
        reload=load_import,
        location="/returns/v1/imports/{id}",
    )


@router.put(
    "/{import_id}/file",
    operation_id="sendImportFile",
    summary="Send the file",
    status_code=202,
    response_model=ImportOut,
    responses=problems(NotFound, receive_import_file.ImportHasItsFile, CaseloadFileNotReadable),
    openapi_extra={"requestBody": FILE},
)
async def send(call: Office, import_id: UUID) -> Response:
    """CSV in UTF-8 (comma, semicolon or tab) or XLSX, first sheet, up to 8 MiB. The work goes on in the background:
    ask for the import again to see its progress."""
    command = receive_import_file.ReceiveImportFile(import_id=import_id, content=await call.request.body())
    return await call.command(
        lambda uow: receive_import_file.handle(command, uow=uow), lambda _uow, row: shown(row), status=202, match="none"
    )


@router.post(
    "/{import_id}/start",
    operation_id="startImport",
    summary="Do a dry run for real",
    status_code=202,
    response_model=ImportOut,
    responses=problems(NotFound, start_import.NoDryRunToStartFrom),
)
async def start(call: Office, import_id: UUID) -> Response:
    """With the file that the dry run read; rows that were bad are left out again."""
    return await call.command(
        lambda uow: start_import.handle(import_id, uow=uow),
        lambda _uow, row: shown(row),
        status=202,
        reload=load_import,
    )


@router.post(
    "/{import_id}/file-destruction",
    operation_id="destroyImportFile",
    summary="Destroy the file now",
    response_model=ImportOut,
    responses=problems(NotFound),
)
async def destroy(call: Office, import_id: UUID) -> Response:
    """Otherwise it goes by itself on `destroy_on`. What was not done yet is stopped; files that were opened stay."""
    return await call.command(
        lambda uow: destroy_import_file.handle(import_id, uow=uow),
        lambda _uow, row: shown(row),
        reload=load_import,
        match="none",
    )


@router.get("", operation_id="listImports", summary="Imports of your offices, newest first")
async def list_(call: Office, page: Annotated[PageRequest, Depends(page_request)]) -> Page[ImportOut]:
    """With their progress."""
    async with call.reading() as uow:
        rows, cursor = await imports_of(uow, page)
    return Page(items=[shown(row) for row in rows], next_cursor=cursor)


@router.get("/{import_id}", operation_id="getImport", summary="How far an import is", responses=problems(NotFound))
async def get(call: Office, import_id: UUID) -> ImportOut:
    """Progress and counts."""
    async with call.reading() as uow:
        return shown(await load_import(uow, import_id))


@router.get(
    "/{import_id}/rows", operation_id="listImportRows", summary="What became of each row", responses=problems(NotFound)
)
async def rows(
    call: Office,
    import_id: UUID,
    page: Annotated[PageRequest, Depends(page_request)],
    outcome: Annotated[Outcome | None, Query(description="Only rows with this outcome, for example bad.")] = None,
) -> Page[ImportedRowOut]:
    """In the order of the file: which became which case, and what is wrong in which column of the others."""
    async with call.reading() as uow:
        await load_import(uow, import_id)
        found, cursor = await rows_of(uow, import_id, page, outcome=outcome)
    return Page(items=[_row(row) for row in found], next_cursor=cursor)
