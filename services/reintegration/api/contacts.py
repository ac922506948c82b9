"""Reaching the family after the arrival: what was tried, and taking up a plan that rested."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.api.models import Dated
from services.reintegration.api.plans import REFUSALS, Author, PlanOut, Reader, reload, show
from services.reintegration.commands import record_contact_attempt, revive_plan
from services.reintegration.commands.record_contact_attempt import Way
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.persistence.course_tables import ContactAttemptRow
from services.reintegration.persistence.plans import all_in_plan, find_in_plan
from services.reintegration.persistence.policies import may_oversee
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/plans/{plan_id}", tags=["plans"])
Supporter = Annotated[Call, caller("reintegration_partner", "caseworker")]


class ContactAttemptIn(Dated):
    """What was tried in vain."""

    way: Way = Field(description="How it was tried; never by asking an authority of the country of origin.")


class ContactAttemptOut(BaseModel):
    """One attempt."""

    id: UUID
    way: Way
    tried_on: date


class ContactAttemptsOut(BaseModel):
    """What was tried, the oldest first; empty while nobody has."""

    items: list[ContactAttemptOut]


def shown(_uow: UnitOfWork, row: ContactAttemptRow) -> ContactAttemptOut:
    """An attempt as shown."""
    return ContactAttemptOut.model_validate(row, from_attributes=True)


@router.post(
    "/contact-attempts",
    operation_id="recordContactAttempt",
    summary="Tried to reach the family in vain",
    response_model=ContactAttemptOut,
    status_code=201,
    responses=problems(NotFound, TransitionRefused, DateInFuture),
)
async def attempt(call: Supporter, plan_id: UUID, body: ContactAttemptIn) -> Any:
    """While they have arrived and nobody met them; who was reached is recorded as the first contact."""
    command = record_contact_attempt.RecordContactAttempt(plan_id=plan_id, **body.model_dump())

    async def again(uow: UnitOfWork, attempt_id: UUID) -> ContactAttemptRow:
        return await find_in_plan(uow, ContactAttemptRow, plan_id, attempt_id, may_oversee)

    return await call.command(
        lambda uow: record_contact_attempt.handle(command, uow=uow), shown, status=201, reload=again, match="none"
    )


@router.get(
    "/contact-attempts",
    operation_id="listContactAttempts",
    summary="What was tried to reach the family",
    responses=problems(NotFound),
)
async def attempts(call: Reader, plan_id: UUID) -> ContactAttemptsOut:
    """The oldest first."""
    async with call.reading() as uow:
        rows = await all_in_plan(uow, ContactAttemptRow, plan_id, may_oversee)
        return ContactAttemptsOut(items=[shown(uow, row) for row in rows])


@router.post(
    "/revival",
    operation_id="revivePlan",
    summary="Take up a plan that rested",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def revive(call: Author, plan_id: UUID, body: Dated) -> Any:
    """They were heard of; the steps to a first contact are counted anew. Meeting them does it too (`first-contact`)."""
    command = revive_plan.RevivePlan(plan_id=plan_id, on=body.on)
    return await call.command(lambda uow: revive_plan.handle(command, uow=uow), show, reload=reload, match="required")
