"""Withdrawal, always open until final arrival; and what the authority may do."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Code, Group, Short
from services.returns.commands import end_case, part_on_the_way, split_case, withdraw_case
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["4 other courses"])


ON_THE_WAY = "On the way only: whom it concerns, everybody who has not arrived when nobody is named."


class WithdrawalIn(Body):
    """The applicants changed their mind; no reason is asked."""

    reason: Code = "not_stated"
    declared_on: date | None = Field(default=None, description="Effective from the declaration.")
    person_refs: list[Short] = Field(default_factory=list, max_length=30, description=ON_THE_WAY)


class StepIn(Body):
    """Why and since when; the code stays here, only the group is told."""

    reason_code: Code = "not_stated"
    reason_group: Group = "circumstances"
    on: date | None = None


class FailureIn(StepIn):
    """Whose journey did not reach its end."""

    person_refs: list[Short] = Field(default_factory=list, max_length=30, description=ON_THE_WAY)


class SplitIn(Body):
    """Who goes on in a file of their own."""

    person_refs: list[Short] = Field(min_length=1, max_length=30)
    on: date | None = None


def _step(case_id: UUID, step: end_case.Step, body: StepIn) -> end_case.EndCase:
    return end_case.EndCase(case_id=case_id, step=step, **body.model_dump())


@router.post(
    "/withdrawal",
    operation_id="withdrawCase",
    summary="Withdraw",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, part_on_the_way.NotOnTheWay),
)
async def withdraw(
    call: Annotated[Call, caller("caseworker", "travel_officer", "reintegration_partner", "provider")],
    case_id: UUID,
    body: WithdrawalIn,
) -> Response:
    """No If-Match, no reason, no second person needed. On the way it ends the journey instead: of those concerned, who
    get a file of their own when others arrived or travel on."""
    return await case_command(
        call,
        lambda uow: withdraw_case.handle(withdraw_case.WithdrawCase(case_id=case_id, **body.model_dump()), uow=uow),
        match="none",
    )


@router.post(
    "/cancellation",
    operation_id="cancelCase",
    summary="Cancel",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def cancel(call: Annotated[Call, caller("case_officer")], case_id: UUID, body: StepIn) -> Response:
    """The authority ends the case."""
    return await case_command(
        call,
        lambda uow: end_case.handle(_step(case_id, "cancel", body), uow=uow),
    )


@router.post(
    "/suspension",
    operation_id="suspendCase",
    summary="Suspend",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def suspend(call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: StepIn) -> Response:
    """The case rests; resuming takes it back to where it was."""
    return await case_command(
        call,
        lambda uow: end_case.handle(_step(case_id, "suspend", body), uow=uow),
    )


@router.post(
    "/resumption",
    operation_id="resumeCase",
    summary="Resume",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def resume(call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: StepIn) -> Response:
    """Goes on where it was."""
    return await case_command(
        call,
        lambda uow: end_case.handle(_step(case_id, "resume", body), uow=uow),
    )


@router.post(
    "/did-not-board",
    operation_id="didNotBoard",
    summary="Nobody boarded",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def did_not_board(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")], case_id: UUID, body: StepIn
) -> Response:
    """Back to preparation; nothing is lost."""
    return await case_command(
        call,
        lambda uow: end_case.handle(_step(case_id, "did_not_board", body), uow=uow),
    )


@router.post(
    "/return-failure",
    operation_id="returnFailed",
    summary="The journey did not reach its end",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, part_on_the_way.NotOnTheWay),
)
async def fail(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")], case_id: UUID, body: FailureIn
) -> Response:
    """Refused entry or taken off on the way. Those concerned get a file of their own when others arrived or travel
    on."""
    return await case_command(
        call,
        lambda uow: end_case.handle(_step(case_id, "fail_return", body), uow=uow),
    )


@router.post(
    "/new-preparation",
    operation_id="prepareAnew",
    summary="Prepare a failed return anew",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def take_up(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")], case_id: UUID, body: StepIn
) -> Response:
    """Needs money that is still reserved."""
    return await case_command(
        call,
        lambda uow: end_case.handle(_step(case_id, "take_up_again", body), uow=uow),
    )


@router.post(
    "/split",
    operation_id="splitCase",
    summary="Give persons a file of their own",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def split(call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: SplitIn) -> Response:
    """Answers with the new case. Both files must be whole: no child and nobody needing care alone."""
    return await case_command(
        call,
        lambda uow: split_case.handle(split_case.SplitCase(case_id=case_id, **body.model_dump()), uow=uow),
        status=201,
    )
