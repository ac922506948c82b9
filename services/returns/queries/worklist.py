"""A caseworker's day: the cases of the caller's scope in which something is due, the most urgent first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select
from sqlmodel import col

from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.deadlines import running_deadlines
from services.returns.persistence.tables import ReturnCaseRow
from services.returns.queries.cases import Scope, scopes_of
from services.returns.queries.deadlines import Deadline, Messages, Urgency, deadlines_out, messages_behind, urgency_of
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import Page, PageRequest, keyset_of_many


class WorkItem(BaseModel):
    """One case and why it is where it is; no names."""

    case_id: UUID
    file_reference: str
    state: str
    destination: str
    travel_on: date | None
    due_on: date = Field(description="The most urgent day on which somebody of the caller's desk has to act.")
    urgency: Urgency
    reasons: list[Deadline] = Field(description="Every clock that runs, the most urgent first; what rests last.")


async def worklist(uow: UnitOfWork, page: PageRequest, *, until: date | None) -> Page[WorkItem]:
    """One page; empty when nothing is due."""
    ways = [_due_in(scope, until) for scope in scopes_of(uow.actor)]
    rows, cursor = await keyset_of_many(uow.session, ways, page)
    reasons: dict[UUID, list[CaseDeadlineRow]] = defaultdict(list)
    running = await running_deadlines(uow, [row.id for row in rows]) if rows else []
    for deadline in running:
        reasons[deadline.case_id].append(deadline)
    said = await messages_behind(uow, running)
    today, offices = uow.now.date(), uow.actor.offices
    items = [_item(row, reasons[row.id], said, at_office=row.office_id in offices, today=today) for row in rows]
    return Page(items=[item for item in items if item is not None], next_cursor=cursor)


def _due_in(scope: Scope, until: date | None) -> tuple[Select[Any], Sequence[Any]]:
    cases = scope.cases.where(scope.due_on.is_not(None))
    if until is not None:
        cases = cases.where(scope.due_on <= until)
    return cases, (scope.due_on, col(ReturnCaseRow.id))


def _item(
    row: ReturnCaseRow, running: list[CaseDeadlineRow], said: Messages, *, at_office: bool, today: date
) -> WorkItem | None:
    due_on = row.office_due_on if at_office else row.authority_due_on
    if due_on is None:
        return None
    return WorkItem(
        **row.model_dump(include={"file_reference", "state", "destination", "travel_on"}),
        case_id=row.id,
        due_on=due_on,
        urgency=urgency_of(due_on, today, resting=False),
        reasons=deadlines_out(running, today=today, travel_on=row.travel_on, messages=said),
    )
