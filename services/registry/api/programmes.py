"""Programmes, and calculations with an explanation of every line."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.registry.api.quote_schemas import QuoteIn, QuoteOut, quote_out
from services.registry.api.schemas import Body, Code, Country, Currency, Short
from services.registry.commands import calculate_quote
from services.registry.commands import manage_programme as commands
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ProgrammeRow, QuoteRow
from services.registry.queries.lists import page_of
from services.registry.queries.quotes import quote_of, quotes_of
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/programmes", tags=["3 programmes"])
Manager = Annotated[Call, caller("programme_manager", "administrator")]
Quoter = Annotated[Call, caller("caseworker", "case_officer", "programme_manager")]
Reader = Annotated[
    Call,
    caller("programme_manager", "administrator", "caseworker", "case_officer", "finance_officer", "auditor"),
]
Paging = Annotated[PageRequest, Depends(page_request)]


class ProgrammeIn(Body):
    """A programme of assistance."""

    name: Short
    outward_name: Short = Field(description="Shown outside; reveals no procedure.")
    host: Country
    partnership_id: UUID | None = None
    component_id: UUID | None = None
    destinations: list[Country] = Field(min_length=1, max_length=250)
    case_kinds: list[Code] = Field(min_length=1, max_length=10)
    currency: Currency


class ProgrammeOut(ProgrammeIn):
    """A programme."""

    id: UUID
    version: int
    closed_on: date | None


class ClosingIn(Body):
    """Since when no new cases are taken."""

    on: date


def _programme(_uow: Any, row: ProgrammeRow) -> ProgrammeOut:
    return ProgrammeOut(**{name: getattr(row, name) for name in ProgrammeOut.model_fields})


@router.post(
    "",
    operation_id="createProgramme",
    summary="Set up a programme",
    status_code=201,
    response_model=ProgrammeOut,
    responses=problems(NotFound),
)
async def create(call: Manager, body: ProgrammeIn) -> Response:
    """Takes cases once its rules are published."""
    return await call.command(
        lambda uow: commands.create(body.model_dump(), uow=uow),
        _programme,
        status=201,
        location="/registry/v1/programmes/{id}",
        reload=lambda uow, row_id: get_row(uow, ProgrammeRow, row_id),
    )


@router.get("", operation_id="listProgrammes", summary="Programmes")
async def list_(call: Reader, page: Paging) -> Page[ProgrammeOut]:
    """In the order of entry."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, ProgrammeRow, page)
    return Page(items=[_programme(None, row) for row in rows], next_cursor=cursor)


@router.get("/{programme_id}", operation_id="getProgramme", summary="One programme", responses=problems(NotFound))
async def get(call: Reader, programme_id: UUID, response: Response) -> ProgrammeOut:
    """With its corridors and kinds of case."""
    async with call.reading() as uow:
        row = await get_row(uow, ProgrammeRow, programme_id)
    call.etag(response, row.version)
    return _programme(None, row)


@router.post(
    "/{programme_id}/closing",
    operation_id="closeProgramme",
    summary="Take no new cases",
    response_model=ProgrammeOut,
    responses=problems(NotFound, PreconditionFailed),
)
async def close(call: Manager, programme_id: UUID, body: ClosingIn) -> Response:
    """Existing cases go on and granted amounts stand."""
    return await call.command(
        lambda uow: commands.close(programme_id, body.on, uow=uow),
        _programme,
        reload=lambda uow, row_id: get_row(uow, ProgrammeRow, row_id),
    )


@router.post(
    "/{programme_id}/quote",
    operation_id="quote",
    summary="Calculate assistance",
    status_code=201,
    response_model=QuoteOut,
    responses=problems(
        NotFound,
        calculate_quote.CaseNotKnownHere,
        calculate_quote.NoRulesInForce,
        calculate_quote.PersonTwice,
        calculate_quote.MainApplicantUnclear,
    ),
)
async def quote(call: Quoter, programme_id: UUID, body: QuoteIn) -> Response:
    """Explains each line, and whether the programme helps; the decision in returns takes the `id` as `quote_id`."""
    command = calculate_quote.CalculateQuote(
        programme_id=programme_id,
        persons=[person.person() for person in body.persons],
        circumstances=body.circumstances(),
        case_id=body.case_id,
        reference_on=body.reference_on,
    )
    return await call.command(
        lambda uow: calculate_quote.handle(command, uow=uow),
        quote_out,
        status=201,
        reload=lambda uow, row_id: get_row(uow, QuoteRow, row_id),
    )


@router.get(
    "/{programme_id}/quotes",
    operation_id="listQuotes",
    summary="Calculations for a case",
    responses=problems(NotFound),
)
async def quotes(
    call: Quoter,
    programme_id: UUID,
    page: Paging,
    case_id: Annotated[UUID, Query(description="The case they were made for.")],
) -> Page[QuoteOut]:
    """In the order in which they were made; empty before the first."""
    async with call.reading() as uow:
        rows, cursor = await quotes_of(uow, programme_id, case_id, page)
    return Page(items=[quote_out(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/{programme_id}/quotes/{quote_id}",
    operation_id="getQuote",
    summary="One calculation",
    responses=problems(NotFound),
)
async def kept_quote(call: Quoter, programme_id: UUID, quote_id: UUID) -> QuoteOut:
    """As it was answered when it was made, whatever rules were published since."""
    async with call.reading() as uow:
        return quote_out(None, await quote_of(uow, programme_id, quote_id))
