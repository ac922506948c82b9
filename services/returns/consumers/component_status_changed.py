"""registry.component.status-changed: new cases may start or not."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import ComponentStatusChangedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_component_status_changed(seen: ComponentStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """registry.component.status-changed: new cases may start or not."""
    await learn.component_changed(seen, uow=uow)
