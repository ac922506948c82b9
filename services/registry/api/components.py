"""Components of a partnership: each optional, with status, leads, purpose code, budget and both sides' views."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.partnership_schemas import (
    Body,
    Code,
    ComponentType,
    DacCode,
    MoneyIn,
    MoneyOut,
    Paging,
    Reader,
    Short,
    Speaker,
    money,
)
from services.registry.commands import keep_component as commands
from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.commands.register_partnership import NotYourSide
from services.registry.persistence.partnership_tables import SideViewRow
from services.registry.persistence.partnerships import part_of_partnership, partnership
from services.registry.persistence.tables import ComponentRow
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])


class BudgetIn(Body):
    """Money set aside for a component in a year."""

    amount: MoneyIn
    year: int = Field(ge=1990, le=2200)


class ComponentPatch(Body):
    """What is to be corrected; what is left out stays."""

    title: Short | None = None
    dac_code: DacCode | None = Field(default=None, description="Left out when proposed: the code that usually fits.")
    lead_host: Short | None = None
    lead_partner: Short | None = None
    safeguards: list[Short] = Field(
        default_factory=list, max_length=30, description="Human-rights safeguards; border management needs them."
    )
    budget: BudgetIn | None = Field(default=None, description="Budget of the component.")


class ComponentIn(ComponentPatch):
    """One element of a partnership; each stands on its own."""

    component_type: ComponentType


class ComponentMoveIn(Body):
    """The next status, since when."""

    status: Code
    on: date


class ViewIn(Body):
    """How your side sees the component today."""

    standing: Literal["not_started", "on_track", "delayed", "at_risk", "achieved", "not_achieved"] = Field(
        description="Your side's view, as a code."
    )
    remark: Short | None = Field(default=None, description="One sentence on it; no names of persons.")


class ComponentOut(BaseModel):
    """A component."""

    id: UUID
    version: int
    partnership_id: UUID
    component_type: str
    title: str | None
    status: str
    proposed_by: str
    dac_code: str | None
    lead_host: str | None
    lead_partner: str | None
    safeguards: list[str]
    budget: MoneyOut | None
    budget_year: int | None


class ViewOut(BaseModel):
    """One side's view of a component on a day."""

    id: UUID
    component_id: UUID
    side: str
    standing: str
    remark: str | None
    stated_on: date


def _shown(_uow: Any, row: ComponentRow) -> ComponentOut:
    own = ComponentOut.model_fields.keys() - {"safeguards", "budget"}
    values = {name: getattr(row, name) for name in own}
    budget = money(row.budget_minor, row.budget_currency)
    return ComponentOut(**values, safeguards=row.safeguards or [], budget=budget)


def _view(_uow: Any, row: SideViewRow) -> ViewOut:
    return ViewOut.model_validate(row, from_attributes=True)


async def _reload(uow: UnitOfWork, row_id: UUID) -> ComponentRow:
    return await part_of_partnership(uow, ComponentRow, row_id)


async def _reload_view(uow: UnitOfWork, row_id: UUID) -> SideViewRow:
    return await part_of_partnership(uow, SideViewRow, row_id)


@router.post(
    "/partnerships/{partnership_id}/components",
    operation_id="addComponent",
    summary="Propose a component",
    status_code=201,
    response_model=ComponentOut,
    responses=problems(NotFound, PartnershipHasEnded, NotYourSide),
)
async def add_component(call: Speaker, partnership_id: UUID, body: ComponentIn) -> Response:
    """Starts proposed by your side, with your side's lead only. A side that declines one may well want another."""
    command = commands.AddComponent(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.add_component(command, uow=uow),
        _shown,
        status=201,
        location="/registry/v1/components/{id}",
        reload=_reload,
    )


@router.get(
    "/partnerships/{partnership_id}/components",
    operation_id="listComponents",
    summary="Components",
    responses=problems(NotFound),
)
async def components(
    call: Reader,
    partnership_id: UUID,
    page: Paging,
    status: Annotated[Code | None, Query(description="Only those in this status.")] = None,
) -> Page[ComponentOut]:
    """Of one partnership, in the order of entry."""
    conditions = [col(ComponentRow.partnership_id) == partnership_id]
    conditions += [col(ComponentRow.status) == status] if status else []
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, ComponentRow, page, *conditions)
    return Page(items=[_shown(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/components/{component_id}", operation_id="getComponent", summary="One component", responses=problems(NotFound)
)
async def get_component(call: Reader, component_id: UUID, response: Response) -> ComponentOut:
    """With its leads, safeguards and budget."""
    async with call.reading() as uow:
        row = await part_of_partnership(uow, ComponentRow, component_id)
    call.etag(response, row.version)
    return _shown(None, row)


@router.patch(
    "/components/{component_id}",
    operation_id="amendComponent",
    summary="Correct a component's entry",
    response_model=ComponentOut,
    responses=problems(NotFound, NotYourSide, PreconditionFailed, PreconditionRequired),
)
async def amend_component(call: Speaker, component_id: UUID, body: ComponentPatch) -> Response:
    """Its status moves by transitions; a delegate leaves the other side's lead alone."""
    changes = body.model_dump(exclude_unset=True)
    return await call.command(
        lambda uow: commands.amend_component(component_id, changes, uow=uow), _shown, reload=_reload, match="required"
    )


@router.post(
    "/components/{component_id}/transitions",
    operation_id="moveComponent",
    summary="Move a component on",
    response_model=ComponentOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def move_component(call: Speaker, component_id: UUID, body: ComponentMoveIn) -> Response:
    """proposed, agreed, in_force, suspended, ended, declined. A delegate cannot agree to the own proposal.

    Suspending stops new cases in this corridor only: existing cases go on, granted amounts stand.
    """
    return await call.command(
        lambda uow: commands.move_component(component_id, body.status, body.on, uow=uow), _shown, reload=_reload
    )


@router.post(
    "/components/{component_id}/views",
    operation_id="stateView",
    summary="Say how your side sees it",
    status_code=201,
    response_model=ViewOut,
    responses=problems(NotFound),
)
async def state_view(call: Speaker, component_id: UUID, body: ViewIn) -> Response:
    """Fills your side's column of the joint progress table; nobody fills the other side's."""
    command = commands.StateView(component_id=component_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.state_view(command, uow=uow), _view, status=201, reload=_reload_view, match="none"
    )


@router.get("/components/{component_id}/views", operation_id="listViews", summary="Views", responses=problems(NotFound))
async def views(call: Reader, component_id: UUID, page: Paging) -> Page[ViewOut]:
    """How both sides saw the component over time, oldest first."""
    async with call.reading() as uow:
        await part_of_partnership(uow, ComponentRow, component_id)
        rows, cursor = await page_of(uow, SideViewRow, page, col(SideViewRow.component_id) == component_id)
    return Page(items=[_view(None, row) for row in rows], next_cursor=cursor)
