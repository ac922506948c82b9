"""People leave a plan that others go on with: a death, or a new journey abroad."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.reintegration.api.models import Dated, PersonRef
from services.reintegration.api.plans import REFUSALS, Author, PlanOut, reload, show
from services.reintegration.commands import leave_plan

router = APIRouter(prefix="/plans/{plan_id}", tags=["plans"])


class DeathIn(Dated):
    """Who died, and when."""

    person_ref: PersonRef


class ReMigrationIn(Dated):
    """Who went abroad again, and since when."""

    person_refs: list[PersonRef] = Field(min_length=1, max_length=50)


@router.post(
    "/deaths",
    operation_id="recordDeath",
    summary="Somebody of the plan died",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def death(call: Author, plan_id: UUID, body: DeathIn) -> Any:
    """What was theirs alone ends and nothing more is asked of them; the family goes on where the programme's rule says
    so. For a payee who died a successor is confirmed by two people (`successor-payees`)."""
    command = leave_plan.LeavePlan(plan_id=plan_id, person_refs=[body.person_ref], reason="deceased", on=body.on)
    return await call.command(lambda uow: leave_plan.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/re-migrations",
    operation_id="recordReMigration",
    summary="Somebody of the plan went abroad again",
    response_model=PlanOut,
    responses=REFUSALS,
)
async def re_migration(call: Author, plan_id: UUID, body: ReMigrationIn) -> Any:
    """What is in use stays valid, those left behind go on; nothing is claimed back by itself. If nobody is left, the
    plan is discontinued."""
    command = leave_plan.LeavePlan(plan_id=plan_id, person_refs=body.person_refs, reason="re_migrated", on=body.on)
    return await call.command(lambda uow: leave_plan.handle(command, uow=uow), show, reload=reload, match="required")
