"""The joint progress table: a column per side, filled by that side alone, and where the views differ; and the views
that fill the columns of components."""

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
from services.registry.queries.progress import Line, progress_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])


class WordOut(BaseModel):
    """What one side says; null in the table as long as it has said nothing."""

    standing: str
    remark: str | None
    on: date


class ComponentLine(BaseModel):
    """One component as each side sees it."""

    component_id: UUID
    component_type: str
    title: str | None
    status: str
    activities: int = Field(description="How many activities were reported.")
    host: WordOut | None
    partner: WordOut | None
    views_differ: bool


class CommitmentLine(BaseModel):
    """One commitment: the owner's report and the other side's answer."""

    commitment_id: UUID
    component_id: UUID | None
    counter_to: UUID | None
    title: str
    owner_side: str
    due_on: date
    status: str
    host: WordOut | None
    partner: WordOut | None
    views_differ: bool


class OwedOut(BaseModel):
    """What a side owes the other today; the same counts for both."""

    commitments_due: int
    reports_to_judge: int
    questions_waiting: int
    questions_late: int
    action_items_open: int


class ProgressOut(BaseModel):
    """The table. There is no total: a transfer cost, a scholarship, a visa and a return stand side by side."""

    partnership_id: UUID
    as_of: date
    components: list[ComponentLine]
    commitments: list[CommitmentLine]
    host_owes: OwedOut
    partner_owes: OwedOut


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


@router.get(
    "/partnerships/{partnership_id}/progress",
    operation_id="getProgress",
    summary="Joint progress table",
    responses=problems(NotFound),
)
async def get_progress(call: Reader, partnership_id: UUID) -> ProgressOut:
    """Two columns, each filled by its own side; `views_differ` marks where both have spoken and do not agree."""
    async with call.reading() as uow:
        found = await progress_of(uow, partnership_id)
        today = uow.now.date()
    return ProgressOut(
        partnership_id=partnership_id,
        as_of=today,
        components=[_component(line) for line in found.components],
        commitments=[_commitment(line) for line in found.commitments],
        host_owes=OwedOut(**found.owed["host"]),
        partner_owes=OwedOut(**found.owed["partner"]),
    )


def _component(line: Line) -> ComponentLine:
    row = line.row
    return ComponentLine.model_validate(
        {
            "component_id": row.id,
            "component_type": row.component_type,
            "title": row.title,
            "status": row.status,
            "activities": line.activities,
            "views_differ": line.differ,
            **line.columns,
        }
    )


def _commitment(line: Line) -> CommitmentLine:
    row = line.row
    own = ("component_id", "counter_to", "title", "owner_side", "due_on", "status")
    values = {name: getattr(row, name) for name in own}
    return CommitmentLine.model_validate(
        {"commitment_id": row.id, **values, "views_differ": line.differ, **line.columns}
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
