"""registry.provider.enrolled: somebody people may be referred to."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed_providers import ProviderEnrolledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_enrolled(seen: ProviderEnrolledSeen, *, uow: UnitOfWork) -> None:
    """registry.provider.enrolled: somebody people may be referred to."""
    await learn.provider_enrolled(seen, uow=uow)
