"""reintegration.plan.assigned: the first partner is told with consent."""

from __future__ import annotations

from services.registry.commands import follow_transfer
from services.registry.contracts.consumed import PlanAssignedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_assigned(seen: PlanAssignedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.assigned: the first partner is told with consent."""
    await follow_transfer.offer(seen, uow=uow)
