"""Escorts: who travels with whom, that they are confirmed, and that the person was handed over."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import arrange_escort
from services.returns.domain.access import may_confirm_arrival, may_read
from services.returns.domain.journey_papers import EscortKind, EscortStep, Qualification, Receiver
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.journey_tables import EscortRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
WORKERS = ("caseworker", "travel_officer", "case_officer")
Worker = Annotated[Call, caller(*WORKERS)]
Reader = Annotated[Call, caller(*WORKERS, "medical_officer", "office_lead", "protection_officer")]
Receiving = Annotated[Call, caller(*WORKERS, "reintegration_partner")]


class EscortIn(Body):
    """Who travels with whom, and who receives them."""

    person_ref: Short
    kind: EscortKind = Field(description="Why somebody travels along.")
    qualification: Qualification = Field(description="What the escort is trained as.")
    hand_over_to: Receiver = Field(description="Who receives the person.")


class EscortStepIn(Body):
    """What became of an escort."""

    step: EscortStep = Field(description="What happened.")
    on: date | None = None
    reason_code: Code | None = None


class EscortOut(BaseModel):
    """An escort."""

    id: UUID
    version: int
    person_ref: str | None
    kind: str
    qualification: str
    hand_over_to: str = Field(description="Who receives the person.")
    status: str
    requested_on: date = Field(description="The day it was asked for.")
    confirmed_on: date | None = Field(description="The day it was confirmed.")
    handed_over_on: date | None = Field(description="The day the person was handed over.")
    cancelled_on: date | None = Field(description="The day it was decided to do without.")


def _escort(file: CaseFile, row: EscortRow) -> EscortOut:
    known = row.model_dump(include=set(EscortOut.model_fields))
    return EscortOut(**known, person_ref=file.ref_of(row.person_id))


async def _show_escort(uow: UnitOfWork, row: EscortRow) -> EscortOut:
    return _escort(await load_file(uow, row.case_id, may_confirm_arrival), row)


async def _escort_again(uow: UnitOfWork, row_id: UUID) -> EscortRow:
    if (row := await uow.session.get(EscortRow, row_id)) is None:
        raise NotFound
    return row


@router.post(
    "/escorts",
    operation_id="arrangeEscort",
    summary="Ask for an escort",
    status_code=201,
    response_model=EscortOut,
    responses=problems(NotFound),
)
async def arrange(call: Worker, case_id: UUID, body: EscortIn) -> Response:
    """The case is not ready before the escort is confirmed, and a hand-over will need a receipt."""
    command = arrange_escort.ArrangeEscort(case_id=case_id, **body.model_dump())
    return await call.command(
        lambda uow: arrange_escort.handle(command, uow=uow), _show_escort, status=201, reload=_escort_again
    )


@router.get("/escorts", operation_id="listEscorts", summary="Escorts of a case", responses=problems(NotFound))
async def escorts(call: Reader, case_id: UUID) -> list[EscortOut]:
    """Oldest first; empty when nobody travels along."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
    return [_escort(file, row) for row in file.escorts]


@router.post(
    "/escorts/{escort_id}/steps",
    operation_id="moveEscort",
    summary="Confirm an escort, record the hand-over, or do without",
    response_model=EscortOut,
    responses=problems(NotFound, TransitionRefused),
)
async def move(call: Receiving, case_id: UUID, escort_id: UUID, body: EscortStepIn) -> Response:
    """A partner records the hand-over on the spot; the other steps are the office's."""
    command = arrange_escort.MoveEscort(case_id=case_id, escort_id=escort_id, **body.model_dump())
    return await call.command(lambda uow: arrange_escort.move(command, uow=uow), _show_escort, reload=_escort_again)
