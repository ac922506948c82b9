"""reintegration.plan.opened: the case has a reintegration file."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import PlanOpenedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_opened(seen: PlanOpenedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.opened: the case has a reintegration file."""
    await learn.plan_opened(seen, uow=uow)
