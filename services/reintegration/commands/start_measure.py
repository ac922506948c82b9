"""Support begins: help of the first days on arrival, everything else once the plan is active."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.contracts.published import MeasureStarted
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.measure import missing_to_start, missing_while_held, step
from services.reintegration.persistence.lines import find_line
from services.reintegration.persistence.plans import find_plan, lock_measure
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class StartMeasure:
    """Support begins: help of the first days on arrival, everything else once the plan is active."""

    plan_id: UUID
    measure_id: UUID
    on: date | None = None


async def handle(command: StartMeasure, *, uow: UnitOfWork) -> MeasureRow:
    """Record it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_support)
    plan = await find_plan(uow, command.plan_id, may_support)
    await begin(measure, plan, on=on, uow=uow)
    return measure


async def begin(measure: MeasureRow, plan: PlanRow, *, on: date, uow: UnitOfWork) -> None:
    """The same for a locked measure, whoever says so; raises TransitionRefused before anything has changed."""
    line = await find_line(uow, measure.line_id) if measure.line_id else None
    missing = missing_to_start(
        phase=line.phase if line else None, plan_state=plan.state, arrived=plan.arrived_on is not None
    )
    missing += missing_while_held(measure.held_since, on)
    measure.state, measure.started_on = step("start", measure.state, missing), on
    uow.publish(
        MeasureStarted(
            measure_id=measure.id,
            plan_id=measure.plan_id,
            case_id=measure.case_id,
            category=measure.category,
            level=measure.level,
            on=on,
        )
    )
    touch(measure, now=uow.now)
    uow.record("measure.started", subject=measure.id)
