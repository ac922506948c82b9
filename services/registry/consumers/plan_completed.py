"""reintegration.plan.completed: everything planned was delivered."""

from __future__ import annotations

from services.registry.commands import follow_endings, follow_tasks, follow_transfer
from services.registry.contracts.consumed import PlanSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_completed(seen: PlanSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.completed: everything planned was delivered."""
    await follow_endings.plan_ended(seen.case_id, uow=uow)
    await follow_transfer.plan_ended(seen.case_id, uow=uow)
    await follow_tasks.plan_ended(seen.case_id, uow=uow)
