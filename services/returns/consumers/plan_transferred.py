"""reintegration.plan.transferred: another partner accompanies the family; the one before reads nothing more."""

from __future__ import annotations

from services.returns.commands import follow_transfer
from services.returns.contracts.consumed import PlanTransferredSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_transferred(seen: PlanTransferredSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.transferred: another partner accompanies the family; the one before reads nothing more."""
    await follow_transfer.handle(seen, uow=uow)
