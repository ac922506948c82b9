"""What a measure costs where it is given, in the currency there; a new price is a reason to quote the plan anew."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.reintegration.domain.measure import MEASURE, UNDELIVERED
from services.reintegration.domain.transitions import open_from
from services.reintegration.persistence.plans import lock_measure
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused
from shared.money import Money


@dataclass(frozen=True, kw_only=True)
class PriceMeasure:
    """The price of a measure that is not delivered yet."""

    plan_id: UUID
    measure_id: UUID
    price: Money


async def handle(command: PriceMeasure, *, uow: UnitOfWork) -> MeasureRow:
    """Set it; the quote stays until the plan is quoted anew. Raises TransitionRefused."""
    measure = await lock_measure(uow, command.plan_id, command.measure_id, may_support)
    missing = [] if measure.line_id else [Missing("line", "The measure is paid from no line of the grant.")]
    if measure.state not in UNDELIVERED or missing:
        steps = open_from(MEASURE, measure.state)
        raise TransitionRefused(transition="price", state=measure.state, missing=missing, open_transitions=steps)
    measure.price_minor, measure.price_currency = command.price.amount_minor, command.price.currency
    touch(measure, now=uow.now)
    uow.record("measure.priced", subject=measure.id)
    return measure
