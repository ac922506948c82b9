"""registry.activity.reported: what was done under a component."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import ActivityReportedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_activity_reported(seen: ActivityReportedSeen, *, uow: UnitOfWork) -> None:
    """registry.activity.reported: what was done under a component."""
    await record_partnership.activity_reported(seen, uow=uow)
