"""reintegration.plan.transferred: the request to the partner before ends; the new one is told with consent."""

from __future__ import annotations

from services.registry.commands import follow_transfer
from services.registry.contracts.consumed import PlanTransferredSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_transferred(seen: PlanTransferredSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.transferred: the request to the partner before ends; the new one is told with consent."""
    await follow_transfer.handle(seen, uow=uow)
