"""Somebody other than the one who recorded a delivery confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.contracts.published import MeasureVerified
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.measure import missing_to_verify, step
from services.reintegration.persistence.plans import lock_measure
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class VerifyMeasure:
    """Somebody other than the one who recorded a delivery confirms it."""

    plan_id: UUID
    measure_id: UUID
    on: date | None = None


async def handle(command: VerifyMeasure, *, uow: UnitOfWork) -> MeasureRow:
    """Record it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_support)
    missing = missing_to_verify(delivered_by=measure.delivered_by, acting=uow.actor.subject)
    measure.state, measure.verified_on = step("verify", measure.state, missing), on
    measure.verified_by = uow.actor.subject
    uow.publish(
        MeasureVerified(
            measure_id=measure.id,
            plan_id=measure.plan_id,
            case_id=measure.case_id,
            category=measure.category,
            level=measure.level,
            on=on,
        )
    )
    touch(measure, now=uow.now)
    uow.record("measure.verified", subject=measure.id)
    return measure
