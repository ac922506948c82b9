"""A measure will not be carried out; where the plan has ended, the money kept for it becomes free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import release_funds
from services.reintegration.commands.hold_orders import lift_one
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.measure import step
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.budgets import lock_budgets_of
from services.reintegration.persistence.lines import lock_lines
from services.reintegration.persistence.plans import find_measure, lock_measure, plan_of
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import MeasureRow
from services.reintegration.persistence.tables import LineRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CancelMeasure:
    """A measure will not be carried out."""

    plan_id: UUID
    measure_id: UUID
    on: date | None = None


async def handle(command: CancelMeasure, *, uow: UnitOfWork) -> MeasureRow:
    """Record it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    seen = await find_measure(uow, command.plan_id, command.measure_id, may_support)
    line = await _line_of_ended_plan(uow, seen)
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_support)
    measure.state, measure.cancelled_on = step("cancel", measure.state), on
    lift_one(measure, outcome="cancelled", on=on, uow=uow)
    touch(measure, now=uow.now)
    uow.record("measure.cancelled", subject=measure.id)
    if line is not None:
        await release_funds.release_if_over(uow, line, on=on, reason_group="circumstances")
    return measure


async def _line_of_ended_plan(uow: UnitOfWork, measure: MeasureRow) -> LineRow | None:
    """The line that was kept for this measure when the plan ended; its money is locked before the measure."""
    plan = await plan_of(uow, measure.case_id)
    if measure.line_id is None or plan is None or plan.state != PlanState.DISCONTINUED:
        return None
    await lock_budgets_of(uow, measure.case_id)
    lines = {line.id: line for line in await lock_lines(uow, measure.case_id)}
    return lines[measure.line_id]
