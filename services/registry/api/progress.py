"""The joint progress table: a column per side, filled by that side alone, and where the views differ."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.registry.api.partnership_schemas import Reader
from services.registry.queries.progress import Line, progress_of
from shared.errors import NotFound
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
