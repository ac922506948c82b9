"""People leave a plan that others go on with: a death, or a new journey abroad."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.reintegration.api.models import Dated, PersonRef
from services.reintegration.api.plans import REFUSALS, Author, PlanOut, reload, show
from services.reintegration.commands import correct_leaving, leave_plan
from services.reintegration.domain.leaving_plan import Correction, Leaving
from services.reintegration.persistence.course_tables import PlanLeavingRow
from services.reintegration.persistence.plans import all_in_plan, find_in_plan
from services.reintegration.persistence.policies import may_oversee_without_consent
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/plans/{plan_id}", tags=["plans"])


class DeathIn(Dated):
    """Who died, and when."""

    person_ref: PersonRef


class ReMigrationIn(Dated):
    """Who went abroad again, and since when."""

    person_refs: list[PersonRef] = Field(min_length=1, max_length=50)


Corrector = Annotated[Call, caller("caseworker", "finance_officer", "programme_manager")]


class CorrectionIn(Dated):
    """Why it had never been so; somebody who comes back later is no mistake."""

    reason_code: Correction


class LeavingOut(BaseModel):
    """People who left the plan by one record, and whether it was corrected."""

    id: UUID
    plan_id: UUID
    person_refs: list[PersonRef]
    reason: Leaving
    left_on: date
    recorded_by: str
    plan_ended: bool = Field(description="Nobody was left to go on with the plan.")
    corrected_by: str | None
    corrected_on: date | None
    correction_code: Correction | None
    version: int


class LeavingsOut(BaseModel):
    """Every record of a plan, the oldest first."""

    items: list[LeavingOut]


def show_leaving(_uow: UnitOfWork, row: PlanLeavingRow) -> LeavingOut:
    """A record as shown."""
    return LeavingOut.model_validate(row.model_dump(include=set(LeavingOut.model_fields)))


@router.get("/leavings", operation_id="listLeavings", summary="Who left the plan", responses=problems(NotFound))
async def leavings(call: Corrector, plan_id: UUID) -> LeavingsOut:
    """For the office and the programme."""
    async with call.reading() as uow:
        rows = await all_in_plan(uow, PlanLeavingRow, plan_id, may_oversee_without_consent)
        return LeavingsOut(items=[show_leaving(uow, row) for row in rows])


@router.get(
    "/leavings/{leaving_id}", operation_id="getLeaving", summary="One such record", responses=problems(NotFound)
)
async def leaving(call: Corrector, plan_id: UUID, leaving_id: UUID, response: Response) -> LeavingOut:
    """With the version that a correction names."""
    async with call.reading() as uow:
        row = await find_in_plan(uow, PlanLeavingRow, plan_id, leaving_id, may_oversee_without_consent)
        call.etag(response, row.version)
        return show_leaving(uow, row)


@router.post(
    "/leavings/{leaving_id}/correction",
    operation_id="correctLeaving",
    summary="It was a mistake",
    response_model=LeavingOut,
    responses=REFUSALS,
)
async def correct(call: Corrector, plan_id: UUID, leaving_id: UUID, body: CorrectionIn) -> Any:
    """By another person than the one who recorded it. Surveys, measures, money and grants that had stopped go on where
    they still can; grants pass all hands again, and whoever was to be paid in their place is no more."""
    command = correct_leaving.CorrectLeaving(plan_id=plan_id, leaving_id=leaving_id, **body.model_dump())

    async def again(uow: UnitOfWork, row_id: UUID) -> PlanLeavingRow:
        return await find_in_plan(uow, PlanLeavingRow, plan_id, row_id, may_oversee_without_consent)

    return await call.command(
        lambda uow: correct_leaving.handle(command, uow=uow), show_leaving, reload=again, match="required"
    )


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
