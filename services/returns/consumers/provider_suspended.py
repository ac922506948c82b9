"""registry.provider.suspended: it gets nothing new for the time being."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed_providers import ProviderSuspendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_suspended(seen: ProviderSuspendedSeen, *, uow: UnitOfWork) -> None:
    """registry.provider.suspended: it gets nothing new for the time being."""
    await learn.recipient_suspended(seen.provider_id, uow=uow)
