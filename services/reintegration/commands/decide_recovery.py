"""The person is heard, and another officer decides: how much is asked back, in which instalments; or nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.recovery import Waiver, missing_to_decide, step
from services.reintegration.persistence.course_tables import RecoveryRow
from services.reintegration.persistence.plans import find_in_plan
from services.reintegration.persistence.policies import is_finance_of, may_oversee_without_consent
from services.reintegration.persistence.recoveries import seal_reasons
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class MoreThanOwed(Conflict):
    """Never more than what is still owed."""

    slug = "more-than-owed"
    title = "This is more than what is still owed"


@dataclass(frozen=True, kw_only=True)
class DecideRecovery:
    """The instalments in minor units, from which day on, every thirty days, and the reasons in words."""

    plan_id: UUID
    recovery_id: UUID
    instalment_minor: int
    first_due_on: date
    reasons: str
    on: date | None = None


async def hear(plan_id: UUID, recovery_id: UUID, *, on: date | None, uow: UnitOfWork) -> RecoveryRow:
    """The office or finance records that the person was heard; raises NotFound, TransitionRefused."""
    row = await find_in_plan(uow, RecoveryRow, plan_id, recovery_id, may_oversee_without_consent, lock=True)
    row.state, row.heard_on = step("hear", row.state), day_of_fact(on, uow.now)
    return _kept(uow, row, "recovery.heard")


async def handle(command: DecideRecovery, *, uow: UnitOfWork) -> RecoveryRow:
    """Decide; raises NotFound, TransitionRefused before the hearing and for the one who opened it, MoreThanOwed."""
    on = day_of_fact(command.on, uow.now)
    row = await find_in_plan(uow, RecoveryRow, command.plan_id, command.recovery_id, is_finance_of, lock=True)
    row.state = step("decide", row.state, missing_to_decide(opened_by=row.opened_by, acting=uow.actor.subject))
    if command.instalment_minor > row.amount_minor:
        raise MoreThanOwed
    row.decided_by, row.decided_on = uow.actor.subject, on
    row.instalment_minor, row.first_due_on = command.instalment_minor, command.first_due_on
    await seal_reasons(uow, row, command.reasons)
    return _kept(uow, row, "recovery.decided")


async def record_instalment(
    plan_id: UUID, recovery_id: UUID, *, amount_minor: int, on: date | None, uow: UnitOfWork
) -> RecoveryRow:
    """Money came in; the last of it settles the recovery. Raises NotFound, TransitionRefused, MoreThanOwed."""
    day = day_of_fact(on, uow.now)
    row = await find_in_plan(uow, RecoveryRow, plan_id, recovery_id, is_finance_of, lock=True)
    step("record-instalment", row.state)
    if amount_minor > row.amount_minor - row.recovered_minor:
        raise MoreThanOwed
    row.recovered_minor += amount_minor
    if row.recovered_minor == row.amount_minor:
        row.state, row.ended_on = step("settle", row.state), day
    return _kept(uow, row, "recovery.instalment")


async def waive(
    plan_id: UUID, recovery_id: UUID, *, waiver_code: Waiver, reasons: str, on: date | None, uow: UnitOfWork
) -> RecoveryRow:
    """Nothing more is asked, for a reason that stays on record; raises NotFound, TransitionRefused."""
    row = await find_in_plan(uow, RecoveryRow, plan_id, recovery_id, is_finance_of, lock=True)
    row.state, row.ended_on = step("waive", row.state), day_of_fact(on, uow.now)
    row.waiver_code = waiver_code
    await seal_reasons(uow, row, reasons)
    return _kept(uow, row, "recovery.waived")


def _kept(uow: UnitOfWork, row: RecoveryRow, what: str) -> RecoveryRow:
    touch(row, now=uow.now)
    uow.record(what, subject=row.id, plan_id=str(row.plan_id))
    return row
