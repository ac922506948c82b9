"""Interests: what each side wants and where its red lines are; seen by the other side only once released."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.partnership_schemas import Body, ComponentType, Paging, Speaker, Words
from services.registry.commands import state_interest as commands
from services.registry.persistence.confidential import statement_of
from services.registry.persistence.partnership_tables import InterestRow
from services.registry.persistence.partnerships import part_of_partnership, partnership, side_of
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Priority = Literal["high", "medium", "low"]


class InterestIn(Body):
    """An interest of your side, in its own words; no names of persons."""

    statement: Words = Field(
        description="The interest, sealed at rest.",
        examples=["Families live on remittances: readmission only beside lower transfer costs."],
    )
    priority: Priority = Field(description="How much it weighs for your side.")
    red_line: bool = Field(default=False, description="Your side will not go beyond it.")
    component_type: ComponentType | None = None


class InterestPatch(Body):
    """What changes; only while the other side cannot see it."""

    statement: Words | None = Field(default=None, description="The interest, sealed at rest.")
    priority: Priority | None = Field(default=None, description="How much it weighs for your side.")
    red_line: bool | None = Field(default=None, description="Your side will not go beyond it.")


class InterestOut(BaseModel):
    """An interest; `released_on` is empty while only its own side sees it."""

    id: UUID
    version: int
    partnership_id: UUID
    side: str
    component_type: str | None
    statement: str
    priority: str
    red_line: bool
    released_on: date | None


def _shown(uow: UnitOfWork, row: InterestRow) -> InterestOut:
    values = {name: getattr(row, name) for name in InterestOut.model_fields if name != "statement"}
    return InterestOut(**values, statement=statement_of(uow, row))


async def _reload(uow: UnitOfWork, row_id: UUID) -> InterestRow:
    row = await part_of_partnership(uow, InterestRow, row_id)
    if row.side != side_of(uow.actor) and row.released_on is None:
        raise NotFound
    return row


@router.post(
    "/partnerships/{partnership_id}/interests",
    operation_id="stateInterest",
    summary="State an interest of your side",
    status_code=201,
    response_model=InterestOut,
    responses=problems(NotFound),
)
async def state(call: Speaker, partnership_id: UUID, body: InterestIn) -> Response:
    """Visible to your own side only, until your side releases it."""
    command = commands.StateInterest(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.state(command, uow=uow),
        _shown,
        status=201,
        location="/registry/v1/interests/{id}",
        reload=_reload,
    )


@router.get(
    "/partnerships/{partnership_id}/interests",
    operation_id="listInterests",
    summary="Interests",
    responses=problems(NotFound),
)
async def list_(call: Speaker, partnership_id: UUID, page: Paging) -> Page[InterestOut]:
    """Those of your own side, and those that the other side has released."""
    seen = (col(InterestRow.side) == side_of(call.actor)) | col(InterestRow.released_on).is_not(None)
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, InterestRow, page, col(InterestRow.partnership_id) == partnership_id, seen)
        return Page(items=[_shown(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/interests/{interest_id}", operation_id="getInterest", summary="One interest", responses=problems(NotFound)
)
async def get(call: Speaker, interest_id: UUID, response: Response) -> InterestOut:
    """One that your side may see."""
    async with call.reading() as uow:
        row = await _reload(uow, interest_id)
        shown = _shown(uow, row)
    call.etag(response, row.version)
    return shown


@router.patch(
    "/interests/{interest_id}",
    operation_id="amendInterest",
    summary="Change an interest",
    response_model=InterestOut,
    responses=problems(NotFound, commands.ReleasedAlready, PreconditionFailed, PreconditionRequired),
)
async def amend(call: Speaker, interest_id: UUID, body: InterestPatch) -> Response:
    """Your own side's, while it is not released."""
    changes: dict[str, Any] = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
    return await call.command(
        lambda uow: commands.amend(interest_id, changes, uow=uow), _shown, reload=_reload, match="required"
    )


@router.post(
    "/interests/{interest_id}/release",
    operation_id="releaseInterest",
    summary="Show an interest to the other side",
    response_model=InterestOut,
    responses=problems(NotFound, PreconditionFailed),
)
async def release(call: Speaker, interest_id: UUID) -> Response:
    """Your own side's; the other side is notified."""
    return await call.command(lambda uow: commands.release(interest_id, uow=uow), _shown, reload=_reload)


@router.post(
    "/interests/{interest_id}/retraction",
    operation_id="retractInterest",
    summary="Show an interest no longer",
    response_model=InterestOut,
    responses=problems(NotFound, PreconditionFailed),
)
async def retract(call: Speaker, interest_id: UUID) -> Response:
    """What was read stays read; from now on the other side does not find it."""
    return await call.command(lambda uow: commands.retract(interest_id, uow=uow), _shown, reload=_reload)
