"""Reintegration plans: opened with the approval, submitted, validated by the partner, approved by somebody
else.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.reintegration.api.models import Dated, DatedWithReason
from services.reintegration.commands import (
    approve_plan,
    assign_plan,
    complete_plan,
    discontinue_plan,
    record_first_contact,
    submit_plan,
    validate_plan,
)
from services.reintegration.commands.suspend_organisation import OrganisationSuspended
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.plans import find_plan
from services.reintegration.persistence.policies import may_oversee
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.queries import plans as queries
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/plans", tags=["plans"])
Reader = Annotated[Call, caller("caseworker", "reintegration_partner", "programme_manager", "finance_officer")]
Author = Annotated[Call, caller("caseworker", "reintegration_partner")]
Assigner = Annotated[Call, caller("caseworker", "programme_manager")]
Partner = Annotated[Call, caller("reintegration_partner")]
Manager = Annotated[Call, caller("programme_manager")]
Pages = Annotated[PageRequest, Depends(page_request)]
REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed, DateInFuture, PreconditionRequired)


class AssignmentIn(Dated):
    """Which partner."""

    partner_id: UUID


class SubmissionIn(Dated):
    """What the plan says in words; kept sealed."""

    summary: str | None = Field(default=None, max_length=10_000, examples=["Bakery with her brother, oven on loan."])


class ValidationIn(Dated):
    """The partner's answer."""

    outcome: Literal["validated", "returned"] = "validated"


class ApprovalIn(Dated):
    """The programme's answer."""

    outcome: Literal["approved", "returned", "rejected"] = "approved"


class PlanOut(BaseModel):
    """A plan and how far it has come."""

    id: UUID
    case_id: UUID
    state: PlanState
    persons_count: int
    partner_id: UUID | None
    assigned_on: date | None
    author: str | None
    validated_by: str | None
    approved_by: str | None
    submitted_on: date | None
    approved_on: date | None
    arrived_on: date | None
    due_on: date | None = Field(description="By when it should be active; counted from the arrival.")
    activated_on: date | None
    first_contact_on: date | None
    contact_due_on: date | None = Field(default=None, description="When the next step to a first contact is due.")
    contact_rungs_told: int = Field(default=0, description="How many steps to a first contact are over.")
    dormant_since: date | None = Field(default=None, description="It rests: nobody was reached.")
    revivable_until: date | None = Field(default=None, description="The last day on which it can be revived.")
    ended_on: date | None
    version: int
    summary: str | None = Field(default=None, description="Shown on one plan only.")


def show(_uow: UnitOfWork, row: PlanRow) -> PlanOut:
    """A plan as shown, without its words."""
    return PlanOut.model_validate(row.model_dump(include=set(PlanOut.model_fields)))


async def reload(uow: UnitOfWork, plan_id: UUID) -> PlanRow:
    """The plan again, for a repeated request."""
    return await find_plan(uow, plan_id, may_oversee)


@router.get("", operation_id="listPlans", summary="Plans in your scope")
async def listing(
    call: Reader,
    page: Pages,
    case_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[PlanState | None, Query()] = None,
) -> Page[PlanOut]:
    """Oldest first."""
    async with call.reading() as uow:
        rows, cursor = await queries.list_plans(uow, page, case_id=case_id, state=state)
        return Page(items=[show(uow, row) for row in rows], next_cursor=cursor)


@router.get("/{plan_id}", operation_id="getPlan", summary="One plan", responses=problems(NotFound))
async def get(call: Reader, plan_id: UUID, response: Response) -> PlanOut:
    """With what it says in words; that is audited, and for a partner it needs a live consent that names it."""
    async with call.reading() as uow:
        row = await find_plan(uow, plan_id, may_oversee)
        call.etag(response, row.version)
        return show(uow, row).model_copy(update={"summary": await queries.words_of(uow, row)})


@router.post(
    "/{plan_id}/assignment",
    operation_id="assignPlan",
    summary="Assign a partner",
    response_model=PlanOut,
    responses={**REFUSALS, **problems(OrganisationSuspended, assign_plan.TransferNeeded)},
)
async def assign(call: Assigner, plan_id: UUID, body: AssignmentIn) -> Any:
    """One that registry has enrolled and that works in the country of destination; after the arrival by a transfer."""
    command = assign_plan.AssignPlan(plan_id=plan_id, **body.model_dump())
    return await call.command(lambda uow: assign_plan.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{plan_id}/submission",
    operation_id="submitPlan",
    summary="Submit a plan",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def submit(call: Author, plan_id: UUID, body: SubmissionIn) -> Any:
    """Whoever submits it is its author and will not approve it."""
    command = submit_plan.SubmitPlan(plan_id=plan_id, **body.model_dump())
    return await call.command(lambda uow: submit_plan.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{plan_id}/validation",
    operation_id="validatePlan",
    summary="The partner's answer",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def validate(call: Partner, plan_id: UUID, body: ValidationIn) -> Any:
    """Can it be carried out on the spot?"""
    command = validate_plan.ValidatePlan(plan_id=plan_id, **body.model_dump())
    return await call.command(lambda uow: validate_plan.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{plan_id}/approval",
    operation_id="approvePlan",
    summary="The programme's answer",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def approve(call: Manager, plan_id: UUID, body: ApprovalIn) -> Any:
    """By somebody who neither wrote nor validated it. Active at once if they have arrived."""
    command = approve_plan.ApprovePlan(plan_id=plan_id, **body.model_dump())
    return await call.command(lambda uow: approve_plan.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{plan_id}/first-contact",
    operation_id="recordFirstContact",
    summary="First meeting",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def first_contact(call: Partner, plan_id: UUID, body: Dated) -> Any:
    """The partner met the family; a plan that rested goes on."""
    command = record_first_contact.RecordFirstContact(plan_id=plan_id, on=body.on)
    return await call.command(
        lambda uow: record_first_contact.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/{plan_id}/completion",
    operation_id="completePlan",
    summary="Complete a plan",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def complete(call: Author, plan_id: UUID, body: Dated) -> Any:
    """Every measure is verified or cancelled."""
    command = complete_plan.CompletePlan(plan_id=plan_id, on=body.on)
    return await call.command(lambda uow: complete_plan.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{plan_id}/discontinuation",
    operation_id="discontinuePlan",
    summary="Discontinue a plan",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def discontinue(call: Assigner, plan_id: UUID, body: DatedWithReason) -> Any:
    """Support ends early; money nobody is owed becomes free."""
    command = discontinue_plan.DiscontinuePlan(plan_id=plan_id, **body.model_dump())
    return await call.command(
        lambda uow: discontinue_plan.handle(command, uow=uow), show, reload=reload, match="required"
    )
