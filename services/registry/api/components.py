"""Components of a partnership: each optional, with status, leads, purpose code and budget."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
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
    source: Short | None = Field(
        default=None,
        description="The paper in which both sides agreed; needed where one side files the agreement of both.",
    )


class ComponentOut(BaseModel):
    """A component."""

    id: UUID
    version: int
    partnership_id: UUID
    component_type: str
    title: str | None
    status: str
    proposed_by: str
    agreed_source: str | None
    suspended_by: str | None
    dac_code: str | None
    lead_host: str | None
    lead_partner: str | None
    safeguards: list[str]
    budget: MoneyOut | None
    budget_year: int | None


def _shown(_uow: Any, row: ComponentRow) -> ComponentOut:
    own = ComponentOut.model_fields.keys() - {"safeguards", "budget"}
    values = {name: getattr(row, name) for name in own}
    budget = money(row.budget_minor, row.budget_currency)
    return ComponentOut(**values, safeguards=row.safeguards or [], budget=budget)


async def _reload(uow: UnitOfWork, row_id: UUID) -> ComponentRow:
    return await part_of_partnership(uow, ComponentRow, row_id)


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
    component_type: Annotated[ComponentType | None, Query(description="Only those of this type.")] = None,
) -> Page[ComponentOut]:
    """Of one partnership, in the order of entry."""
    conditions = [col(ComponentRow.partnership_id) == partnership_id]
    conditions += [col(ComponentRow.status) == status] if status else []
    conditions += [col(ComponentRow.component_type) == component_type] if component_type else []
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
    responses=problems(
        NotFound,
        NotYourSide,
        commands.ComponentIsAgreed,
        commands.SafeguardsNeeded,
        PreconditionFailed,
        PreconditionRequired,
    ),
)
async def amend_component(call: Speaker, component_id: UUID, body: ComponentPatch) -> Response:
    """Its status moves by transitions. A delegate changes the own side's proposal until the other side has agreed to
    it, and the own side's lead at any time; an entry that both agreed to is corrected by the administration."""
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
    """proposed, agreed, in_force, suspended, ended, declined. A delegate cannot agree to the own proposal; the
    administration names the paper in which both sides agreed. Whoever suspended it lets it go on.

    Suspending stops new cases in this corridor only: existing cases go on, granted amounts stand.
    """
    return await call.command(
        lambda uow: commands.move_component(component_id, body.status, body.on, source=body.source, uow=uow),
        _shown,
        reload=_reload,
    )
