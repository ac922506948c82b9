"""Support was delivered, and something shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.hold_orders import lift_one
from services.reintegration.contracts.published import MeasureDelivered
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.measure import missing_while_held, step
from services.reintegration.persistence.cases import scope_of
from services.reintegration.persistence.plans import lock_measure
from services.reintegration.persistence.policies import may_deliver, may_support, same
from services.reintegration.persistence.support_tables import MeasureRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class DeliverMeasure:
    """Support was delivered, and something shows it."""

    plan_id: UUID
    measure_id: UUID
    evidence_ref: str
    on: date | None = None


async def handle(command: DeliverMeasure, *, uow: UnitOfWork) -> MeasureRow:
    """Record it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_deliver)
    scope = await scope_of(uow, measure.case_id)
    if scope is not None and not may_support(uow.actor, scope):
        require(uow.actor, provides, measure)
    record(measure, by=uow.actor.subject, evidence_ref=command.evidence_ref, on=on, uow=uow)
    return measure


def record(measure: MeasureRow, *, by: str, evidence_ref: str, on: date, uow: UnitOfWork) -> None:
    """The same for a locked measure, whoever says so; raises TransitionRefused before anything has changed."""
    missing = missing_while_held(measure.held_since, on)
    measure.state, measure.delivered_on = step("deliver", measure.state, missing), on
    lift_one(measure, outcome="delivered", on=on, uow=uow)
    measure.delivered_by, measure.evidence_ref = by, evidence_ref
    uow.publish(
        MeasureDelivered(
            measure_id=measure.id,
            plan_id=measure.plan_id,
            case_id=measure.case_id,
            category=measure.category,
            level=measure.level,
            on=on,
        )
    )
    touch(measure, now=uow.now)
    uow.record("measure.delivered", subject=measure.id)


def provides(actor: Principal, measure: MeasureRow) -> bool:
    """A provider records deliveries of its own measures only."""
    return same(actor.provider_id, measure.provider_id)
