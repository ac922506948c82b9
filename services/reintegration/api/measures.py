"""Measures of a plan: planned, started, delivered with evidence, verified by somebody else."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated, EvidenceRef, PersonRef
from services.reintegration.commands import (
    add_measure,
    cancel_measure,
    deliver_measure,
    start_measure,
    verify_measure,
)
from services.reintegration.commands.suspend_organisation import OrganisationSuspended
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.measure import Category, Level, MeasureState
from services.reintegration.persistence.plans import find_measure
from services.reintegration.persistence.policies import may_see_case
from services.reintegration.persistence.support_tables import MeasureRow
from services.reintegration.queries.plans import measures_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/plans/{plan_id}/measures", tags=["plans"])
Supporter = Annotated[Call, caller("reintegration_partner", "caseworker")]
Deliverer = Annotated[Call, caller("reintegration_partner", "caseworker", "provider")]
Reader = Annotated[
    Call, caller("reintegration_partner", "caseworker", "provider", "programme_manager", "finance_officer")
]
REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed, DateInFuture)


class MeasureIn(Body):
    """A measure to plan."""

    category: Category
    level: Level = Level.INDIVIDUAL
    provider_id: UUID | None = None
    line_id: UUID | None = Field(default=None, description="The line that pays for it, of the time after arrival.")
    person_ref: PersonRef | None = Field(
        default=None, description="Whom it is for alone; left out, the person of the line, else the family."
    )


class DeliveryIn(Dated):
    """What shows that it was delivered."""

    evidence_ref: EvidenceRef


class MeasureOut(BaseModel):
    """A measure and how far it has come."""

    id: UUID
    plan_id: UUID
    case_id: UUID
    category: Category
    level: Level
    provider_id: UUID | None
    line_id: UUID | None
    person_ref: str | None = None
    state: MeasureState
    evidence_ref: str | None
    started_on: date | None
    delivered_on: date | None
    verified_on: date | None
    held_since: date | None = Field(description="Its provider is suspended.")
    replace_by: date | None = Field(description="By when another provider takes over.")
    price_minor: int | None = Field(description="What it costs there, in the smallest unit of `price_currency`.")
    price_currency: str | None = Field(description="Currency of the price.")
    quoted_minor: int | None = Field(description="What it takes of its line, in the line's currency.")
    quoted_on: date | None = Field(description="Day of the quote.")
    version: int


class MeasuresOut(BaseModel):
    """The measures of a plan."""

    items: list[MeasureOut]


def show(_uow: UnitOfWork, row: MeasureRow) -> MeasureOut:
    """A measure as shown."""
    return MeasureOut.model_validate(row.model_dump(include=set(MeasureOut.model_fields)))


def reload_in(plan_id: UUID) -> Any:
    """Finds a measure of this plan again, for a repeated request."""

    async def reload(uow: UnitOfWork, measure_id: UUID) -> MeasureRow:
        return await find_measure(uow, plan_id, measure_id, may_see_case)

    return reload


@router.post(
    "",
    operation_id="addMeasure",
    summary="Plan a measure",
    response_model=MeasureOut,
    status_code=201,
    responses=problems(
        NotFound, TransitionRefused, add_measure.LineNotOfPlan, add_measure.PersonNotOfPlan, OrganisationSuspended
    ),
)
async def add(call: Supporter, plan_id: UUID, body: MeasureIn) -> Any:
    """While the plan is being drawn up; help of the first days (a post_arrival line) at any time."""
    command = add_measure.AddMeasure(plan_id=plan_id, **body.model_dump())
    return await call.command(
        lambda uow: add_measure.handle(command, uow=uow),
        show,
        status=201,
        reload=reload_in(plan_id),
        location=f"/reintegration/v1/plans/{plan_id}/measures/{{id}}",
        match="none",
    )


@router.get("", operation_id="listMeasures", summary="Measures of a plan", responses=problems(NotFound))
async def listing(call: Reader, plan_id: UUID) -> MeasuresOut:
    """A provider sees its own."""
    async with call.reading() as uow:
        return MeasuresOut(items=[show(uow, row) for row in await measures_of(uow, plan_id)])


@router.post(
    "/{measure_id}/start",
    operation_id="startMeasure",
    summary="Start a measure",
    response_model=MeasureOut,
    responses=REFUSALS,
)
async def start(call: Supporter, plan_id: UUID, measure_id: UUID, body: Dated) -> Any:
    """When the plan is active; help of the first days on arrival."""
    command = start_measure.StartMeasure(plan_id=plan_id, measure_id=measure_id, on=body.on)
    return await call.command(lambda uow: start_measure.handle(command, uow=uow), show, reload=reload_in(plan_id))


@router.post(
    "/{measure_id}/delivery",
    operation_id="deliverMeasure",
    summary="It was delivered",
    response_model=MeasureOut,
    responses=REFUSALS,
)
async def deliver(call: Deliverer, plan_id: UUID, measure_id: UUID, body: DeliveryIn) -> Any:
    """With the evidence for it."""
    command = deliver_measure.DeliverMeasure(plan_id=plan_id, measure_id=measure_id, **body.model_dump())
    return await call.command(lambda uow: deliver_measure.handle(command, uow=uow), show, reload=reload_in(plan_id))


@router.post(
    "/{measure_id}/verification",
    operation_id="verifyMeasure",
    summary="Confirm a delivery",
    response_model=MeasureOut,
    responses=REFUSALS,
)
async def verify(call: Supporter, plan_id: UUID, measure_id: UUID, body: Dated) -> Any:
    """By somebody other than the one who recorded it."""
    command = verify_measure.VerifyMeasure(plan_id=plan_id, measure_id=measure_id, on=body.on)
    return await call.command(lambda uow: verify_measure.handle(command, uow=uow), show, reload=reload_in(plan_id))


@router.post(
    "/{measure_id}/cancellation",
    operation_id="cancelMeasure",
    summary="Cancel a measure",
    response_model=MeasureOut,
    responses=REFUSALS,
)
async def cancel(call: Supporter, plan_id: UUID, measure_id: UUID, body: Dated) -> Any:
    """It will not be carried out."""
    command = cancel_measure.CancelMeasure(plan_id=plan_id, measure_id=measure_id, on=body.on)
    return await call.command(lambda uow: cancel_measure.handle(command, uow=uow), show, reload=reload_in(plan_id))
