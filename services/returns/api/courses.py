"""Less usual courses of a case: lapse and revocation by two officers, reopening, leaving alone, staying, a death."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.endings import StepIn
from services.returns.api.schemas import Body, CaseOut, Code, Group, Short
from services.returns.commands import (
    end_by_two,
    end_case,
    note_return_order,
    record_death,
    reopen_case,
    set_departure_period,
)
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["4 other courses"])
Officer = Annotated[Call, caller("case_officer")]
Either = Annotated[Call, caller("caseworker", "case_officer")]
REFUSALS = problems(NotFound, TransitionRefused)


class ByTwoIn(Body):
    """A step of two officers; the code stays here, only the group is told."""

    step: Literal["proposed", "confirmed"]
    heard_on: date | None = Field(default=None, description="When the person was heard (revocation).")
    told_in_writing_on: date | None = Field(default=None, description="Reasons and the way to a review, in writing.")
    reason_code: Code = "not_stated"
    reason_group: Group = "authority"
    on: date | None = None


class DeparturePeriodIn(Body):
    """The last day of the period on the return decision; null when there is none."""

    depart_by: date | None = Field(examples=["2026-04-30"], description="Last day; null: there is none.")
    reason_code: Code = Field(default="not_stated", examples=["school_year"])


class DayIn(Body):
    """On which day."""

    on: date | None = None


class ReturnOrderIn(Body):
    """What a court or authority said about the order to return."""

    standing: Literal["in_force", "suspended", "annulled"] = Field(description="Where the order stands now.")
    on: date | None = None


def _by_two(case_id: UUID, ending: end_by_two.Ending, body: ByTwoIn) -> end_by_two.EndByTwo:
    return end_by_two.EndByTwo(case_id=case_id, ending=ending, **body.model_dump())


@router.post("/lapse", operation_id="recordLapse", summary="Record that the period is over", response_model=CaseOut)
async def lapse(call: Officer, case_id: UUID, body: ByTwoIn) -> Response:
    """One officer proposes, another confirms. Never while a journey is booked soon, a remedy runs or others delay."""
    return await case_command(call, lambda uow: end_by_two.handle(_by_two(case_id, "lapse", body), uow=uow))


@router.post(
    "/revocation", operation_id="revokeCase", summary="Revoke the grant", response_model=CaseOut, responses=REFUSALS
)
async def revoke(call: Officer, case_id: UUID, body: ByTwoIn) -> Response:
    """After hearing the person, with reasons; one officer proposes, another confirms; a review is open."""
    return await case_command(call, lambda uow: end_by_two.handle(_by_two(case_id, "revoke", body), uow=uow))


@router.post(
    "/departure-period",
    operation_id="setDeparturePeriod",
    summary="Record or extend the departure period",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, set_departure_period.PeriodNeedsReason),
)
async def period(call: Officer, case_id: UUID, body: DeparturePeriodIn) -> Response:
    """When it is over an officer is told; nothing ends by itself. Another day needs a reason, and so does a first
    period outside of the usual 7 to 30 days; extending takes a lapsed case up again."""
    command = set_departure_period.SetDeparturePeriod(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: set_departure_period.handle(command, uow=uow))


@router.post(
    "/return-order",
    operation_id="recordReturnOrder",
    summary="The order to return was annulled or suspended",
    response_model=CaseOut,
    responses=problems(NotFound, record_death.AlreadyOnTheWay),
)
async def order(call: Either, case_id: UUID, body: ReturnOrderIn) -> Response:
    """Annulled: there is no departure period any more. Either way packages to states are taken back and everybody is
    asked again: going on is their choice."""
    command = note_return_order.NoteReturnOrder(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: note_return_order.handle(command, uow=uow))


@router.post(
    "/reopening",
    operation_id="reopenCase",
    summary="Take a withdrawal back",
    response_model=CaseOut,
    responses=REFUSALS,
)
async def reopen(call: Either, case_id: UUID, body: DayIn) -> Response:
    """Within the programme's days, when every adult has declared and consented again."""
    command = reopen_case.ReopenCase(case_id=case_id, on=body.on)
    return await case_command(call, lambda uow: reopen_case.handle(command, uow=uow))


@router.post(
    "/unassisted-departure",
    operation_id="recordUnassistedDeparture",
    summary="They left on their own",
    response_model=CaseOut,
    responses=REFUSALS,
)
async def leave(call: Either, case_id: UUID, body: StepIn) -> Response:
    """Needs recorded evidence; counted as not assisted. Support after arrival is asked for in a case that follows."""
    command = end_case.EndCase(case_id=case_id, step="leave_unassisted", **body.model_dump())
    return await case_command(call, lambda uow: end_case.handle(command, uow=uow))


@router.post(
    "/permission-to-stay",
    operation_id="recordPermissionToStay",
    summary="They may stay",
    response_model=CaseOut,
    responses=REFUSALS,
)
async def stay(call: Officer, case_id: UUID, body: DayIn) -> Response:
    """Ends the case without any effect on later help; others are told no more than that it is over."""
    command = end_case.EndCase(case_id=case_id, step="grant_status", on=body.on)
    return await case_command(call, lambda uow: end_case.handle(command, uow=uow))


@router.post(
    "/persons/{person_ref}/death",
    operation_id="recordDeath",
    summary="A person died before the departure",
    response_model=CaseOut,
    responses=problems(NotFound, record_death.AlreadyOnTheWay),
)
async def death(call: Either, case_id: UUID, person_ref: Short, body: DayIn) -> Response:
    """Messages and packages about them stop at once; the file goes on or ends as the family wishes."""
    command = record_death.RecordDeath(case_id=case_id, person_ref=person_ref, on=body.on)
    return await case_command(call, lambda uow: record_death.handle(command, uow=uow), match="none")
