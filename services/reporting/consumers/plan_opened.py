"""reintegration.plan.opened: a reintegration file exists."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import PlanOpenedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_opened(seen: PlanOpenedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.opened: a reintegration file exists."""
    await record_stage.handle(seen.case_id, stage="plan_opened", on=seen.occurred_at.date(), uow=uow)
