"""Preparation, departure, arrival, handover and closing of the file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Code, Short
from services.returns.commands import (
    close_case,
    confirm_arrival,
    hand_over,
    make_ready,
    record_departure,
    start_pre_departure,
)
from services.returns.settings import ReturnsSettings
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])


class PreDepartureIn(Body):
    """Who receives them, or that nobody needs to."""

    partner_id: UUID | None = None
    no_partner_needed: bool = False
    handover_needed: bool = Field(
        default=False, description="Escort, child alone, medical case: somebody must receive them."
    )
    on: date | None = None


class ReadinessIn(Body):
    """All gates are checked."""

    on: date | None = None


class NotBoardedIn(Body):
    """Somebody who did not board; nobody has to give a reason."""

    person_ref: Short
    reason: Code = "not_stated"


class DepartureIn(Body):
    """The list at the gate: everybody once."""

    boarded: list[Short] = Field(max_length=30)
    not_boarded: list[NotBoardedIn] = Field(default_factory=list, max_length=30)
    on: date | None = None


class ArrivalIn(Body):
    """When, and how it is known; no state agency is needed."""

    arrived_on: date | None = None
    evidence: Literal["partner_met", "carrier", "passport_stamp", "self_report"]
    person_refs: list[Short] = Field(
        default_factory=list, max_length=30, description="Who arrived; nobody named: everybody who is on the way."
    )


class HandoverIn(Body):
    """Whether there is a receipt."""

    received: bool = False
    on: date | None = None


class ClosureIn(Body):
    """The file is done."""

    on: date | None = None


def _days(call: Call) -> int:
    return call.runtime.own_settings(ReturnsSettings).reconfirmation_days


def _departure(case_id: UUID, body: DepartureIn, days: int) -> record_departure.RecordDeparture:
    behind = [record_departure.LeftBehind(**entry.model_dump()) for entry in body.not_boarded]
    return record_departure.RecordDeparture(
        case_id=case_id, boarded=body.boarded, not_boarded=behind, reconfirmation_days=days, on=body.on
    )


@router.post(
    "/pre-departure",
    operation_id="startPreDeparture",
    summary="Start preparing the journey",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, start_pre_departure.PartnerNotKnownYet),
)
async def start(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")],
    case_id: UUID,
    body: PreDepartureIn,
) -> Response:
    """Needs reserved money and a partner, or that none is needed."""
    return await case_command(
        call,
        lambda uow: start_pre_departure.handle(
            start_pre_departure.StartPreDeparture(case_id=case_id, **body.model_dump()), uow=uow
        ),
    )


@router.post(
    "/readiness",
    operation_id="makeReady",
    summary="Declare ready to travel",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def ready(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")],
    case_id: UUID,
    body: ReadinessIn,
) -> Response:
    """409 names every missing paper, clearance or re-confirmation, per person."""
    return await case_command(
        call,
        lambda uow: make_ready.handle(
            make_ready.MakeReady(case_id=case_id, reconfirmation_days=_days(call), **body.model_dump()),
            uow=uow,
        ),
    )


@router.post(
    "/departure",
    operation_id="recordDeparture",
    summary="Record who boarded and who did not",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, record_departure.DepartureListIncomplete),
)
async def depart(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")],
    case_id: UUID,
    body: DepartureIn,
) -> Response:
    """Whoever stays behind gets a file of their own in the same commit."""
    return await case_command(
        call,
        lambda uow: record_departure.handle(_departure(case_id, body, _days(call)), uow=uow),
    )


@router.post(
    "/arrival",
    operation_id="confirmArrival",
    summary="Confirm the arrival",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, confirm_arrival.ArrivalBeforeDeparture),
)
async def arrive(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer", "reintegration_partner", "provider")],
    case_id: UUID,
    body: ArrivalIn,
) -> Response:
    """By the office, the authority or the partner; a partner may also send a signed message. While others are still on
    the way the case stays `DEPARTED`; it has arrived when everybody has."""
    return await case_command(
        call,
        lambda uow: confirm_arrival.handle(
            confirm_arrival.ConfirmArrival(case_id=case_id, **body.model_dump()), uow=uow
        ),
    )


@router.post(
    "/handover",
    operation_id="handOver",
    summary="Record the reception",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def hand(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer", "reintegration_partner", "provider")],
    case_id: UUID,
    body: HandoverIn,
) -> Response:
    """`received` is needed where somebody had to be received."""
    return await case_command(
        call,
        lambda uow: hand_over.handle(hand_over.HandOver(case_id=case_id, **body.model_dump()), uow=uow),
    )


@router.post(
    "/closure",
    operation_id="closeCase",
    summary="Close the file",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def close(
    call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: ClosureIn
) -> Response:
    """Reintegration goes on in its own service."""
    return await case_command(
        call,
        lambda uow: close_case.handle(close_case.CloseCase(case_id=case_id, **body.model_dump()), uow=uow),
    )
