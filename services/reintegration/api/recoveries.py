"""Asking a grant back: opened by an officer, after a hearing, decided by another, in instalments, or waived."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.api.models import Dated, PersonRef, PositiveMoney
from services.reintegration.api.plans import REFUSALS
from services.reintegration.commands import decide_recovery, open_recovery
from services.reintegration.domain.recovery import Reason, RecoveryState, Waiver, instalments
from services.reintegration.persistence.course_tables import RecoveryRow
from services.reintegration.persistence.plans import all_in_plan, find_in_plan
from services.reintegration.persistence.policies import may_oversee_without_consent
from services.reintegration.persistence.recoveries import open_reasons
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import Money
from shared.problems import problems

router = APIRouter(prefix="/plans/{plan_id}/recoveries", tags=["recoveries"])
Officer = Annotated[Call, caller("finance_officer", "programme_manager")]
Overseer = Annotated[Call, caller("finance_officer", "programme_manager", "caseworker")]
Words = Annotated[str, Field(min_length=3, max_length=5_000, description="The reasons in words; kept sealed.")]
MINOR = "Minor units of the currency of the recovery."


class RecoveryIn(Dated):
    """From whom how much, and why."""

    person_ref: PersonRef
    amount: PositiveMoney
    reason_code: Reason
    seeks_no_protection: bool = Field(description="The officer has made sure that they seek protection nowhere.")
    within_control: bool = Field(
        description="The officer has made sure that the return did not fail for reasons outside their control."
    )


class RecoveryDecisionIn(Dated):
    """What is asked back when."""

    instalment_minor: int = Field(gt=0, le=10**12, examples=[5_000], description=f"Each instalment. {MINOR}")
    first_due_on: date = Field(description="The day of the first instalment; the others follow every thirty days.")
    reasons: Words


class InstalmentIn(Dated):
    """What came in."""

    amount_minor: int = Field(gt=0, le=10**12, examples=[5_000], description=MINOR)


class WaiverIn(Dated):
    """Why nothing more is asked."""

    waiver_code: Waiver = Field(description="Why nothing more is asked.")
    reasons: Words


class InstalmentOut(BaseModel):
    """What is due on a day."""

    due_on: date
    amount: Money


class RecoveryOut(BaseModel):
    """A recovery and how far it has come; it stands in the way of no help and of no new return."""

    id: UUID
    plan_id: UUID
    person_ref: str
    amount: Money
    recovered: Money = Field(description="What came in so far.")
    state: RecoveryState
    reason_code: Reason
    waiver_code: Waiver | None = Field(description="Why nothing more is asked.")
    opened_on: date
    heard_on: date | None = Field(description="Day of the hearing; nothing is decided before.")
    decided_on: date | None
    instalments: list[InstalmentOut] = Field(description="As decided; empty before.")
    ended_on: date | None
    version: int
    reasons: str | None = Field(default=None, description="On one recovery only; reading it is audited.")


class RecoveriesOut(BaseModel):
    """The recoveries of a plan; usually there are none."""

    items: list[RecoveryOut]


def show(_uow: UnitOfWork, row: RecoveryRow) -> RecoveryOut:
    """A recovery as shown, without words."""
    due: list[InstalmentOut] = []
    if row.instalment_minor and row.first_due_on:
        parts = instalments(row.amount_minor, row.instalment_minor, row.first_due_on)
        due = [InstalmentOut(due_on=day, amount=Money(minor, row.currency)) for day, minor in parts]
    fields = row.model_dump(include=set(RecoveryOut.model_fields) - {"amount", "recovered", "instalments", "reasons"})
    money = {"amount": Money(row.amount_minor, row.currency), "recovered": Money(row.recovered_minor, row.currency)}
    return RecoveryOut.model_validate({**fields, **money, "instalments": due})


async def show_whole(uow: UnitOfWork, row: RecoveryRow) -> RecoveryOut:
    """One recovery, with its reasons."""
    return show(uow, row).model_copy(update={"reasons": await open_reasons(uow, row)})


def reload_in(plan_id: UUID) -> Any:
    """Finds a recovery of this plan again, for a repeated request."""

    async def reload(uow: UnitOfWork, recovery_id: UUID) -> RecoveryRow:
        return await find_in_plan(uow, RecoveryRow, plan_id, recovery_id, may_oversee_without_consent)

    return reload


@router.post(
    "",
    operation_id="openRecovery",
    summary="Open the recovery of a grant",
    response_model=RecoveryOut,
    status_code=201,
    responses={**REFUSALS, **problems(open_recovery.RecoveryOpen)},
)
async def begin(call: Officer, plan_id: UUID, body: RecoveryIn) -> Any:
    """Never by itself, never against children or people who seek protection; the person is heard before anything is
    owed. `If-Match` names the version of the plan."""
    command = open_recovery.OpenRecovery(plan_id=plan_id, **{**body.model_dump(), "amount": body.amount})
    return await call.command(
        lambda uow: open_recovery.handle(command, uow=uow),
        show,
        status=201,
        reload=reload_in(plan_id),
        location=f"/reintegration/v1/plans/{plan_id}/recoveries/{{id}}",
        match="required",
    )


@router.get("", operation_id="listRecoveries", summary="Recoveries of a plan", responses=problems(NotFound))
async def listing(call: Overseer, plan_id: UUID) -> RecoveriesOut:
    """The oldest first, without words."""
    async with call.reading() as uow:
        rows = await all_in_plan(uow, RecoveryRow, plan_id, may_oversee_without_consent)
        return RecoveriesOut(items=[show(uow, row) for row in rows])


@router.get(
    "/{recovery_id}",
    operation_id="getRecovery",
    summary="One recovery",
    response_model=RecoveryOut,
    responses=problems(NotFound),
)
async def one(call: Overseer, plan_id: UUID, recovery_id: UUID) -> Any:
    """With its reasons; that is audited."""
    return await call.command(lambda uow: reload_in(plan_id)(uow, recovery_id), show_whole, match="none")


@router.post(
    "/{recovery_id}/hearing",
    operation_id="recordRecoveryHearing",
    summary="The person was heard",
    response_model=RecoveryOut,
    responses=REFUSALS,
)
async def hearing(call: Overseer, plan_id: UUID, recovery_id: UUID, body: Dated) -> Any:
    """Before anything is decided."""
    return await call.command(
        lambda uow: decide_recovery.hear(plan_id, recovery_id, on=body.on, uow=uow),
        show,
        reload=reload_in(plan_id),
        match="required",
    )


@router.post(
    "/{recovery_id}/decision",
    operation_id="decideRecovery",
    summary="What is asked back when",
    response_model=RecoveryOut,
    responses={**REFUSALS, **problems(decide_recovery.MoreThanOwed)},
)
async def decision(call: Officer, plan_id: UUID, recovery_id: UUID, body: RecoveryDecisionIn) -> Any:
    """By somebody other than the one who opened it."""
    command = decide_recovery.DecideRecovery(plan_id=plan_id, recovery_id=recovery_id, **body.model_dump())
    return await call.command(
        lambda uow: decide_recovery.handle(command, uow=uow), show, reload=reload_in(plan_id), match="required"
    )


@router.post(
    "/{recovery_id}/instalments",
    operation_id="recordRecoveryInstalment",
    summary="An instalment came in",
    response_model=RecoveryOut,
    responses={**REFUSALS, **problems(decide_recovery.MoreThanOwed)},
)
async def instalment(call: Officer, plan_id: UUID, recovery_id: UUID, body: InstalmentIn) -> Any:
    """The last one settles the recovery."""
    came, on = body.amount_minor, body.on
    return await call.command(
        lambda uow: decide_recovery.record_instalment(plan_id, recovery_id, amount_minor=came, on=on, uow=uow),
        show,
        reload=reload_in(plan_id),
        match="required",
    )


@router.post(
    "/{recovery_id}/waiver",
    operation_id="waiveRecovery",
    summary="Nothing more is asked",
    response_model=RecoveryOut,
    responses=REFUSALS,
)
async def waiver(call: Officer, plan_id: UUID, recovery_id: UUID, body: WaiverIn) -> Any:
    """At any time, with reasons; what came in stays on record."""
    code, reasons, on = body.waiver_code, body.reasons, body.on
    return await call.command(
        lambda uow: decide_recovery.waive(plan_id, recovery_id, waiver_code=code, reasons=reasons, on=on, uow=uow),
        show,
        reload=reload_in(plan_id),
        match="required",
    )
