"""Programmes, their versioned rules, and calculations with an explanation of every line."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.schemas import Body, Code, Country, Currency, Short
from services.registry.commands import calculate_quote
from services.registry.commands import manage_programme as commands
from services.registry.domain.quote import QuotedPerson
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ProgrammeRow, QuoteRow, RuleVersionRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import Money
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


class RulesIn(Body):
    """A rule table: data with a source and a validity, never code."""

    valid_from: date
    valid_to: date | None = None
    source: Short
    content: dict[str, Any] = Field(description="`currency`, `quote_valid_days`, `rules[]`, `caps[]`; see docs.")


class RulesOut(RulesIn):
    """A version of a programme's rules."""

    id: UUID
    version: int
    programme_id: UUID
    number: int
    published_on: date | None


class ClosingIn(Body):
    """Since when no new cases are taken."""

    on: date


class QuotedPersonIn(Body):
    """A person by reference."""

    person_ref: Short
    relation: Code
    minor: bool
    age_years: int | None = Field(default=None, ge=0, le=130)


class QuoteIn(Body):
    """For whom and under which circumstances."""

    case_id: UUID | None = None
    persons: list[QuotedPersonIn] = Field(min_length=1, max_length=30)
    numbers: dict[Code, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict, examples=[{"stay_months": 14}]
    )
    needs: list[Code] = Field(default_factory=list, max_length=10, examples=[["project"]])
    reference_on: date | None = Field(default=None, description="The day whose rules hold; default: today.")


class QuoteOut(BaseModel):
    """A calculation; `lines` explain themselves: rule, version, source, arithmetic."""

    id: UUID
    version: int
    programme_id: UUID
    case_id: UUID | None
    rule_version: int
    source: str
    lines: list[dict[str, Any]]
    total: Money
    valid_until: date


def _programme(_uow: Any, row: ProgrammeRow) -> ProgrammeOut:
    return ProgrammeOut(**{name: getattr(row, name) for name in ProgrammeOut.model_fields})


def _rules(_uow: Any, row: RuleVersionRow) -> RulesOut:
    return RulesOut(**{name: getattr(row, name) for name in RulesOut.model_fields})


def _quote(_uow: Any, row: QuoteRow) -> QuoteOut:
    values = {name: getattr(row, name) for name in QuoteOut.model_fields if name != "total"}
    return QuoteOut(**values, total=Money(row.total_minor, row.currency))


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
    "/{programme_id}/rule-versions",
    operation_id="draftRules",
    summary="Draft a rule table",
    status_code=201,
    response_model=RulesOut,
    responses=problems(NotFound, commands.RulesNotReadable),
)
async def draft(call: Manager, programme_id: UUID, body: RulesIn) -> Response:
    """The table is checked at once; somebody else publishes it."""
    command = commands.DraftRules(programme_id=programme_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.draft(command, uow=uow),
        _rules,
        status=201,
        reload=lambda uow, row_id: get_row(uow, RuleVersionRow, row_id),
    )


@router.get("/{programme_id}/rule-versions", operation_id="listRules", summary="Versions of the rules")
async def versions(call: Reader, programme_id: UUID, page: Paging) -> Page[RulesOut]:
    """Drafts and published ones."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, RuleVersionRow, page, col(RuleVersionRow.programme_id) == programme_id)
    return Page(items=[_rules(None, row) for row in rows], next_cursor=cursor)


@router.post(
    "/{programme_id}/rule-versions/{rule_version_id}/publication",
    operation_id="publishRules",
    summary="Publish a rule table",
    response_model=RulesOut,
    responses=problems(NotFound, commands.PublicationNeedsAnother, commands.AlreadyPublished),
)
async def publish(call: Manager, programme_id: UUID, rule_version_id: UUID) -> Response:
    """By somebody else than its author."""
    return await call.command(
        lambda uow: commands.publish(programme_id, rule_version_id, uow=uow),
        _rules,
        reload=lambda uow, row_id: get_row(uow, RuleVersionRow, row_id),
    )


@router.post(
    "/{programme_id}/closing",
    operation_id="closeProgramme",
    summary="Take no new cases",
    response_model=ProgrammeOut,
    responses=problems(NotFound),
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
    responses=problems(NotFound, calculate_quote.NoRulesInForce),
)
async def quote(call: Quoter, programme_id: UUID, body: QuoteIn) -> Response:
    """Explains each line; the decision in returns takes the `id` as `quote_id`."""
    persons = [QuotedPerson(**person.model_dump()) for person in body.persons]
    values = body.model_dump(exclude={"persons"})
    command = calculate_quote.CalculateQuote(programme_id=programme_id, persons=persons, **values)
    return await call.command(
        lambda uow: calculate_quote.handle(command, uow=uow),
        _quote,
        status=201,
        reload=lambda uow, row_id: get_row(uow, QuoteRow, row_id),
    )
