"""Complaints and reports of misconduct: an open door with a receipt code, and the restricted queue behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.returns.api.complaint_schemas import (
    ComplaintIn,
    ComplaintOut,
    ComplaintStatusOut,
    ReceiptOut,
    RestrictionIn,
    StepIn,
)
from services.returns.api.public_door import DoorIsBusy, Knock, door
from services.returns.api.schemas import Short
from services.returns.commands import move_complaint, receive_complaint, restrict_complaint
from services.returns.domain.complaints import OPEN, open_steps
from services.returns.domain.facts import EVERYBODY
from services.returns.persistence.complaint_desks import desk_for
from services.returns.persistence.complaint_tables import ComplaintRow
from services.returns.persistence.complaints import (
    complaint_as_received,
    complaint_by_code,
    complaints_to_handle,
    load_complaint,
    open_texts,
)
from services.returns.queries.complaint_worklist import ComplaintWork, complaint_worklist
from services.returns.settings import ReturnsSettings
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["8 complaints"])
STAFF = (*EVERYBODY, "complaints_officer", "reintegration_partner")
Staff = Annotated[Call, caller(*STAFF)]
Officer = Annotated[Call, caller("complaints_officer")]


def _late(row: ComplaintRow, now: datetime) -> bool:
    unseen = row.acknowledged_at is None and row.acknowledge_by < now
    return row.status in OPEN and (unseen or (row.answered_on is None and row.answer_by < now.date()))


def shown(uow: UnitOfWork, row: ComplaintRow, texts: dict[str, str | None] | None = None) -> ComplaintOut:
    """The complaint as codes, with texts where they were opened."""
    known = {name: getattr(row, name) for name in ComplaintOut.model_fields if hasattr(row, name)}
    return ComplaintOut(**known, late=_late(row, uow.now), open_steps=list(open_steps(row.status)), **(texts or {}))


def receipt(row: ComplaintRow, code: str | None) -> ReceiptOut:
    """What whoever complained is given."""
    return ReceiptOut(receipt_code=code, acknowledge_by=row.acknowledge_by, answer_by=row.answer_by)


async def _received(
    uow: UnitOfWork, body: ComplaintIn, settings: ReturnsSettings, channel: str
) -> tuple[ComplaintRow, str]:
    desk = await desk_for(uow, settings, office_id=body.about_office)
    command = receive_complaint.ReceiveComplaint(desk=desk, channel=channel, **body.model_dump())
    return await receive_complaint.handle(command, uow=uow)


@router.post(
    "/public/complaints",
    operation_id="complain",
    summary="Complain, without a name",
    status_code=201,
    responses=problems(DoorIsBusy),
)
async def complain(knock: Annotated[Knock, door("complaints")], body: ComplaintIn) -> ReceiptOut:
    """Open to everybody, at any time, about anybody. Keep the code: it is the only way to the answer."""
    async with knock.unit() as uow:
        row, code = await _received(uow, body, knock.settings, "public")
    return receipt(row, code)


@router.get(
    "/public/complaints/{code}",
    operation_id="followComplaint",
    summary="How far a complaint is",
    responses=problems(NotFound, DoorIsBusy),
)
async def follow(knock: Annotated[Knock, door("complaint-codes")], code: Short) -> ComplaintStatusOut:
    """With the code of the receipt; whatever is no such code gets the same answer."""
    async with knock.unit() as uow:
        row = await complaint_by_code(uow, code)
        texts = await open_texts(uow, row, "answer", purpose="complaint-followed")
        late = _late(row, uow.now)
    known = row.model_dump(include=set(ComplaintStatusOut.model_fields))
    return ComplaintStatusOut(**known, late=late, answer=texts["answer"])


@router.post(
    "/complaints",
    operation_id="recordComplaint",
    summary="Record somebody's complaint",
    status_code=201,
    response_model=ReceiptOut,
)
async def record(call: Staff, body: ComplaintIn) -> Response:
    """For somebody who complains in person or on the telephone: give them the code. You do not see it again."""
    settings = call.runtime.own_settings(ReturnsSettings)
    codes: dict[UUID, str] = {}

    async def do(uow: UnitOfWork) -> ComplaintRow:
        row, codes[row.id] = await _received(uow, body, settings, "staff")
        return row

    return await call.command(
        do, lambda _uow, row: receipt(row, codes.get(row.id)), status=201, reload=complaint_as_received, match="none"
    )


@router.get("/complaints", operation_id="listComplaints", summary="Your queue, what is due first in front")
async def list_(
    call: Officer,
    page: Annotated[PageRequest, Depends(page_request)],
    status: Annotated[str | None, Query(max_length=30, description="Only those in this state.")] = None,
    late: Annotated[bool, Query(description="Only those whose promised day has passed.")] = False,
) -> Page[ComplaintOut]:
    """Without texts. A report of misconduct is never in the queue of the office it is about."""
    async with call.reading() as uow:
        rows, cursor = await complaints_to_handle(uow, page, status=status, late=late)
        return Page(items=[shown(uow, row) for row in rows], next_cursor=cursor)


@router.get("/complaint-worklist", operation_id="getComplaintWorklist", summary="Your day, the most urgent first")
async def day(call: Officer, page: Annotated[PageRequest, Depends(page_request)]) -> Page[ComplaintWork]:
    """Open complaints of your queue with their clocks: what has to be taken up or answered, by when, by which rule."""
    async with call.reading() as uow:
        return await complaint_worklist(uow, page)


@router.get(
    "/complaints/{complaint_id}",
    operation_id="getComplaint",
    summary="One complaint",
    responses=problems(NotFound),
)
async def get(call: Officer, complaint_id: UUID, response: Response) -> ComplaintOut:
    """Opens the texts: this read is audited."""
    async with call.reading() as uow:
        row = await load_complaint(uow, complaint_id)
        found = shown(uow, row, await open_texts(uow, row, "account", "contact", "answer", purpose="complaint-read"))
    call.etag(response, found.version)
    response.headers["Cache-Control"] = "no-store"
    return found


async def _answered(call: Call, do: Any) -> Response:
    return await call.command(do, shown, reload=load_complaint)


@router.post(
    "/complaints/{complaint_id}/steps",
    operation_id="moveComplaint",
    summary="Acknowledge, investigate, answer, close",
    response_model=ComplaintOut,
    responses=problems(NotFound, TransitionRefused),
)
async def move(call: Officer, complaint_id: UUID, body: StepIn) -> Response:
    """`open_steps` of the complaint says what is possible."""
    command = move_complaint.MoveComplaint(complaint_id=complaint_id, **body.model_dump())
    return await _answered(call, lambda uow: move_complaint.handle(command, uow=uow))


@router.post(
    "/complaints/{complaint_id}/restrictions",
    operation_id="restrictComplaint",
    summary="Keep it from whom it is about",
    response_model=ComplaintOut,
    responses=problems(NotFound),
)
async def restrict(call: Officer, complaint_id: UUID, body: RestrictionIn) -> Response:
    """Whoever is named, or works in the office named in a report of misconduct, does not find it any more."""
    command = restrict_complaint.RestrictComplaint(complaint_id=complaint_id, **body.model_dump())
    return await _answered(call, lambda uow: restrict_complaint.handle(command, uow=uow))
