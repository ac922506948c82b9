"""reintegration.measure.hold-lifted: a service goes on."""

from __future__ import annotations

from services.returns.commands import learn_news
from services.returns.contracts.consumed import MeasureHoldLiftedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_measure_hold_lifted(seen: MeasureHoldLiftedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.measure.hold-lifted: a service goes on."""
    await learn_news.over(seen.measure_id, uow=uow)
