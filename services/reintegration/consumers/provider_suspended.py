"""registry.provider.suspended: no new orders for it, and its orders are looked at."""

from __future__ import annotations

from services.reintegration.commands import suspend_organisation
from services.reintegration.contracts.consumed import ProviderSuspendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_suspended(seen: ProviderSuspendedSeen, *, uow: UnitOfWork) -> None:
    """registry.provider.suspended: no new orders for it, and its orders are looked at."""
    await suspend_organisation.suspended(seen.provider_id, seen.on, uow=uow)
