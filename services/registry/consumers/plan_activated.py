"""reintegration.plan.activated, and plan.resumed after an ending by mistake: the partner has a plan to help under."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import PlanSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_activated(seen: PlanSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.activated: the partner has a plan to help under."""
    await follow_endings.plan_activated(seen.case_id, uow=uow)
