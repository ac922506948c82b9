"""A measure will not be carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.hold_orders import lift_one
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.measure import step
from services.reintegration.persistence.plans import lock_measure
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import MeasureRow
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
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_support)
    measure.state, measure.cancelled_on = step("cancel", measure.state), on
    lift_one(measure, outcome="cancelled", on=on, uow=uow)
    touch(measure, now=uow.now)
    uow.record("measure.cancelled", subject=measure.id)
    return measure
