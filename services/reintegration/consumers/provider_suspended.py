"""registry.provider.suspended: no new orders for it, and what it has at hand waits."""

from __future__ import annotations

from services.reintegration.commands import hold_orders, suspend_organisation
from services.reintegration.contracts.consumed import ProviderSuspendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_suspended(seen: ProviderSuspendedSeen, *, uow: UnitOfWork) -> None:
    """registry.provider.suspended: no new orders for it, and what it has at hand waits."""
    await suspend_organisation.suspended(seen.provider_id, seen.on, uow=uow)
    await hold_orders.hold(seen.provider_id, on=seen.on, uow=uow)
