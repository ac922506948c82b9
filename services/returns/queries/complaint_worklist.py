"""A complaints officer's day: what has to be taken up or answered, and by when, the most urgent first."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.persistence.complaint_clocks import complaint_kind, running_clocks
from services.returns.persistence.complaint_tables import ComplaintDeadlineRow, ComplaintRow
from services.returns.persistence.complaints import complaints_to_handle
from services.returns.queries.deadlines import Urgency, urgency_of
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import Page, PageRequest


class ComplaintClock(BaseModel):
    """One clock that runs on a complaint."""

    clock: str
    told: str = Field(description="What is due, as words.")
    urgency: Urgency
    due_on: date
    ends_at: datetime = Field(
        description="The last moment: the end of the last day, or so many hours after it came in."
    )
    missed: bool = Field(description="That moment has passed.")
    source: str
    rules_version: str


class ComplaintWork(BaseModel):
    """One complaint of your queue and what is due; without texts."""

    complaint_id: UUID
    kind: str
    status: str
    misconduct: bool
    reasons: list[ComplaintClock] = Field(description="Every clock that runs, what ends first in front.")


async def complaint_worklist(uow: UnitOfWork, page: PageRequest) -> Page[ComplaintWork]:
    """One page of open complaints, what ends first in front; empty when nothing is due."""
    rows, cursor = await complaints_to_handle(uow, page, status=None, late=False, due=True)
    clocks = await running_clocks(uow, [row.id for row in rows])
    items = [_item(uow, row, [one for one in clocks if one.complaint_id == row.id]) for row in rows]
    return Page(items=items, next_cursor=cursor)


def _item(uow: UnitOfWork, row: ComplaintRow, clocks: list[ComplaintDeadlineRow]) -> ComplaintWork:
    shown = [found for one in clocks if (found := _clock(uow, one)) is not None]
    return ComplaintWork(
        complaint_id=row.id, kind=row.kind, status=row.status, misconduct=row.misconduct, reasons=shown
    )


def _clock(uow: UnitOfWork, row: ComplaintDeadlineRow) -> ComplaintClock | None:
    kind = complaint_kind(row)
    if kind is None:
        return None
    missed = row.ends_at <= uow.now
    return ComplaintClock(
        **row.model_dump(include={"clock", "due_on", "ends_at", "source", "rules_version"}),
        told=kind.told,
        urgency="overdue" if missed else urgency_of(row.due_on, uow.now.date(), resting=False),
        missed=missed,
    )
