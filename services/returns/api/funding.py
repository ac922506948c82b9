"""The money of a grant after the decision: lines for who joined, and another budget after a refusal."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut
from services.returns.commands import check_quote, extend_grant, name_budget
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["2 decision"])
Officer = Annotated[Call, caller("case_officer")]


class GrantExtensionIn(Body):
    """A calculation for everybody who is on the file now."""

    quote_id: UUID
    on: date | None = None


class BudgetIn(Body):
    """Another budget of the programme."""

    budget_id: UUID = Field(description="As reintegration lists it; of another year too.")
    on: date | None = None


@router.post(
    "/grant-extension",
    operation_id="extendGrant",
    summary="Extend the grant to who joined after the decision",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, extend_grant.NothingToAdd, *check_quote.REFUSALS),
)
async def extend(call: Officer, case_id: UUID, body: GrantExtensionIn) -> Response:
    """After a birth, say. Only the lines of those who joined are asked for; `top_up` says how it was answered, and
    whatever it is, the grant stands and the journey goes on. Sent again after a refusal it asks again."""
    command = extend_grant.ExtendGrant(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: extend_grant.handle(command, uow=uow))


@router.post(
    "/budget",
    operation_id="nameBudget",
    summary="Name another budget after a refusal",
    response_model=CaseOut,
    responses=problems(NotFound, name_budget.FundsNotRefused),
)
async def budget(call: Officer, case_id: UUID, body: BudgetIn) -> Response:
    """The grant stands and waits for the answer (`awaiting_funds`); a budget that may not fund the programme, or has
    too little, is refused again."""
    command = name_budget.NameBudget(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: name_budget.handle(command, uow=uow))
