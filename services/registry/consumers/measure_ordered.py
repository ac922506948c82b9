"""reintegration.measure.ordered: the partner of the plan has something to see to."""

from __future__ import annotations

from services.registry.commands import follow_tasks
from services.registry.contracts.consumed_for_recipients import MeasureOrderedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_measure_ordered(seen: MeasureOrderedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.measure.ordered: the partner of the plan has something to see to."""
    await follow_tasks.ordered(seen, uow=uow)
