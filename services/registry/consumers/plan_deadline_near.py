"""reintegration.plan.deadline-near: a day of the partner of the plan comes near."""

from __future__ import annotations

from services.registry.commands import follow_tasks
from services.registry.contracts.consumed_for_recipients import PlanDeadlineNearSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_deadline_near(seen: PlanDeadlineNearSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.deadline-near: a day of the partner of the plan comes near."""
    await follow_tasks.deadline_near(seen, uow=uow)
