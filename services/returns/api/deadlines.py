"""What is due: the clocks of a case, more time for one of them, and a caseworker's day in order of urgency."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.returns.api.cases import Reader
from services.returns.api.schemas import Body, Code
from services.returns.commands import extend_deadline
from services.returns.domain.access import may_read
from services.returns.domain.facts import EVERYBODY
from services.returns.persistence.cases import load_file
from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.deadlines import get_deadline, running_deadlines
from services.returns.queries.deadlines import Deadline, deadlines_out, messages_behind
from services.returns.queries.worklist import WorkItem, worklist
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["6 deadlines"])
Worker = Annotated[Call, caller(*EVERYBODY)]


class ExtensionIn(Body):
    """More time, and why; the day without the extension takes it back."""

    until: date = Field(examples=["2026-04-30"], description="The new last day.")
    reason_code: Code = Field(examples=["interview_moved"])


@router.get(
    "/worklist",
    operation_id="getWorklist",
    summary="Your day, the most urgent first",
)
async def day(
    call: Reader,
    page: Annotated[PageRequest, Depends(page_request)],
    until: Annotated[date | None, Query(description="Only what is due until this day.")] = None,
) -> Page[WorkItem]:
    """Cases of your office or authority in which somebody has to act, with the reasons in words. What waits on others
    rests and is not counted. An empty list: nothing is due."""
    async with call.reading() as uow:
        return await worklist(uow, page, until=until)


@router.get(
    "/cases/{case_id}/deadlines",
    operation_id="listDeadlines",
    summary="What expires first",
    responses=problems(NotFound),
)
async def deadlines(call: Reader, case_id: UUID) -> list[Deadline]:
    """Every clock that runs: until when, who owes it, its source, since when it rests. Empty when the case is over."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        running = await running_deadlines(uow, [case_id])
        said = await messages_behind(uow, running)
        return deadlines_out(running, today=uow.now.date(), travel_on=file.case.travel_on, messages=said)


@router.post(
    "/cases/{case_id}/deadlines/{deadline_id}/extension",
    operation_id="extendDeadline",
    summary="Give more time",
    response_model=Deadline,
    responses=problems(
        NotFound,
        extend_deadline.DeadlineHasEnded,
        extend_deadline.DeadlineCannotBeExtended,
        extend_deadline.DeadlineOfAnotherDesk,
        extend_deadline.ExtensionTooEarly,
        extend_deadline.ExtensionTooLong,
    ),
)
async def extend(call: Worker, case_id: UUID, deadline_id: UUID, body: ExtensionIn) -> Response:
    """The day only moves to a later one; another extension takes it back, at the earliest to `base_on`."""
    command = extend_deadline.ExtendDeadline(case_id=case_id, deadline_id=deadline_id, **body.model_dump())

    async def again(uow: UnitOfWork, row_id: UUID) -> CaseDeadlineRow:
        return await get_deadline(uow, (await load_file(uow, case_id, may_read)).id, row_id)

    return await call.command(lambda uow: extend_deadline.handle(command, uow=uow), _shown, reload=again)


async def _shown(uow: UnitOfWork, row: CaseDeadlineRow) -> Deadline:
    travel_on = (await load_file(uow, row.case_id, may_read)).case.travel_on
    said = await messages_behind(uow, [row])
    return deadlines_out([row], today=uow.now.date(), travel_on=travel_on, messages=said)[0]
