"""reintegration.plan.activated: approved and arrived."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import PlanActivatedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_activated(seen: PlanActivatedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.activated: approved and arrived."""
    await record_stage.handle(seen.case_id, stage="plan_activated", on=seen.on, uow=uow)
