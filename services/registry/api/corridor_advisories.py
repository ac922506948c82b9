"""Corridor advisories: warnings that stop, slow down or inform; four eyes to publish, four eyes to lift."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import ColumnElement
from sqlmodel import col

from services.registry.api.partnership_schemas import Body, Code, Country, Paging, Short, in_country
from services.registry.commands import issue_advisory as commands
from services.registry.domain.advisory import HOLDING
from services.registry.persistence.partnership_tables import AdvisoryRow
from services.registry.persistence.rows import get_row
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 corridor advisories"])
Author = Annotated[Call, caller("programme_manager", "protection_officer", "case_officer")]
Adopter = Annotated[Call, caller("programme_manager")]
Reader = Annotated[
    Call,
    caller(
        "programme_manager",
        "protection_officer",
        "case_officer",
        "caseworker",
        "office_lead",
        "travel_officer",
        "medical_officer",
        "best_interests_panel",
        "reintegration_partner",
        "administrator",
        "auditor",
    ),
]
Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
Effect = Literal["stop", "individual_review", "inform"]
Status = Literal["draft", "published", "lifting_asked", "lifted", "discarded"]


class AdvisoryIn(Body):
    """Where, for whom, what it demands, who says so, and from when to when."""

    country: Country
    region: Region | None = None
    route: Code | None = None
    groups: list[
        Literal[
            "children",
            "unaccompanied_children",
            "women_alone",
            "single_parents",
            "elderly",
            "medical_needs",
            "survivors_of_trafficking",
            "minorities",
            "conscripts",
            "political_profiles",
        ]
    ] = Field(default_factory=list, max_length=10)
    effect: Effect
    source_kind: Literal["unhcr", "iom", "foreign_ministry", "court", "partner", "other"]
    source: Short = Field(examples=["UNHCR position on returns, March 2026"])
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _begins_first(self) -> AdvisoryIn:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("ends before it begins")
        if self.region is not None and not in_country(self.region, self.country):
            raise ValueError("the region lies in another country, or nowhere")
        return self


class AdvisoryOut(BaseModel):
    """An advisory; one whose lifting was only asked for goes on holding."""

    id: UUID
    version: int
    country: str
    region: str | None
    route: str | None
    groups: list[str]
    effect: str
    source_kind: str
    source: str
    valid_from: date
    valid_to: date | None
    status: str
    lifted_on: date | None


def _shown(_uow: UnitOfWork, row: AdvisoryRow) -> AdvisoryOut:
    return AdvisoryOut.model_validate(row, from_attributes=True)


async def _reload(uow: UnitOfWork, row_id: UUID) -> AdvisoryRow:
    return await get_row(uow, AdvisoryRow, row_id)


@router.post(
    "/corridor-advisories",
    operation_id="draftAdvisory",
    summary="Draft an advisory",
    status_code=201,
    response_model=AdvisoryOut,
)
async def draft(call: Author, body: AdvisoryIn) -> Response:
    """Holds for nobody until somebody else publishes it."""
    command = commands.DraftAdvisory(**body.model_dump())
    return await call.command(
        lambda uow: commands.draft(command, uow=uow),
        _shown,
        status=201,
        location="/registry/v1/corridor-advisories/{id}",
        reload=_reload,
    )


@router.get("/corridor-advisories", operation_id="listAdvisories", summary="Advisories")
async def list_(
    call: Reader,
    page: Paging,
    country: Annotated[Country | None, Query(description="About this country.")] = None,
    effect: Annotated[Effect | None, Query(description="With this effect.")] = None,
    status: Annotated[Status | None, Query(description="In this status.")] = None,
    holding_on: Annotated[date | None, Query(description="Only those that hold on this day.")] = None,
) -> Page[AdvisoryOut]:
    """In the order of entry."""
    wanted = {"country": country, "effect": effect, "status": status}
    conditions: list[ColumnElement[bool]] = [
        getattr(AdvisoryRow, name) == value for name, value in wanted.items() if value is not None
    ]
    if holding_on is not None:
        until = col(AdvisoryRow.valid_to)
        conditions += [col(AdvisoryRow.status).in_(HOLDING), col(AdvisoryRow.valid_from) <= holding_on]
        conditions += [until.is_(None) | (until >= holding_on)]
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, AdvisoryRow, page, *conditions)
    return Page(items=[_shown(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/corridor-advisories/{advisory_id}",
    operation_id="getAdvisory",
    summary="One advisory",
    responses=problems(NotFound),
)
async def get(call: Reader, advisory_id: UUID, response: Response) -> AdvisoryOut:
    """With its source and validity."""
    async with call.reading() as uow:
        row = await _reload(uow, advisory_id)
    call.etag(response, row.version)
    return _shown(uow, row)


REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed)


@router.post(
    "/corridor-advisories/{advisory_id}/publication",
    operation_id="publishAdvisory",
    summary="Publish an advisory",
    response_model=AdvisoryOut,
    responses=REFUSALS,
)
async def publish(call: Adopter, advisory_id: UUID) -> Response:
    """By somebody else than its author."""
    return await call.command(lambda uow: commands.publish(advisory_id, uow=uow), _shown, reload=_reload)


@router.post(
    "/corridor-advisories/{advisory_id}/discard",
    operation_id="discardAdvisory",
    summary="Discard a draft",
    response_model=AdvisoryOut,
    responses=REFUSALS,
)
async def discard(call: Author, advisory_id: UUID) -> Response:
    """A draft that is not wanted."""
    return await call.command(lambda uow: commands.discard(advisory_id, uow=uow), _shown, reload=_reload)


@router.post(
    "/corridor-advisories/{advisory_id}/lifting-request",
    operation_id="askLifting",
    summary="Ask for an advisory to be lifted",
    response_model=AdvisoryOut,
    responses=REFUSALS,
)
async def ask_lifting(call: Author, advisory_id: UUID) -> Response:
    """The first pair of eyes; it goes on holding."""
    return await call.command(lambda uow: commands.ask_lifting(advisory_id, uow=uow), _shown, reload=_reload)


@router.post(
    "/corridor-advisories/{advisory_id}/lifting",
    operation_id="liftAdvisory",
    summary="Lift an advisory",
    response_model=AdvisoryOut,
    responses=REFUSALS,
)
async def lift(call: Adopter, advisory_id: UUID) -> Response:
    """By somebody else than who asked for it."""
    return await call.command(lambda uow: commands.lift(advisory_id, uow=uow), _shown, reload=_reload)


@router.post(
    "/corridor-advisories/{advisory_id}/upholding",
    operation_id="upholdAdvisory",
    summary="Keep an advisory after all",
    response_model=AdvisoryOut,
    responses=REFUSALS,
)
async def keep(call: Author, advisory_id: UUID) -> Response:
    """Turns a request to lift it down."""
    return await call.command(lambda uow: commands.keep(advisory_id, uow=uow), _shown, reload=_reload)
