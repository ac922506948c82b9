"""How each side sees a component: the columns of the joint progress table."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.partnership_schemas import Body, Paging, Reader, Short, Speaker
from services.registry.commands import keep_component as commands
from services.registry.persistence.partnership_tables import SideViewRow
from services.registry.persistence.partnerships import part_of_partnership
from services.registry.persistence.tables import ComponentRow
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])


class ViewIn(Body):
    """How your side sees the component today."""

    standing: Literal["not_started", "on_track", "delayed", "at_risk", "achieved", "not_achieved"] = Field(
        description="Your side's view, as a code."
    )
    remark: Short | None = Field(default=None, description="One sentence on it; no names of persons.")


class ViewOut(BaseModel):
    """One side's view of a component on a day."""

    id: UUID
    component_id: UUID
    side: str
    standing: str
    remark: str | None
    stated_on: date


def _view(_uow: UnitOfWork | None, row: SideViewRow) -> ViewOut:
    return ViewOut.model_validate(row, from_attributes=True)


async def _reload_view(uow: UnitOfWork, row_id: UUID) -> SideViewRow:
    return await part_of_partnership(uow, SideViewRow, row_id)


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
