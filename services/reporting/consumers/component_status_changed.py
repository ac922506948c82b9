"""registry.component.status-changed: where a component stands."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import ComponentStatusChangedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_component_status_changed(seen: ComponentStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """registry.component.status-changed: where a component stands."""
    await record_partnership.component_changed(seen, uow=uow)
