"""registry.provider.enrolled: it takes orders, or takes them again."""

from __future__ import annotations

from services.reintegration.commands import suspend_organisation
from services.reintegration.contracts.consumed import ProviderEnrolledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_enrolled(seen: ProviderEnrolledSeen, *, uow: UnitOfWork) -> None:
    """registry.provider.enrolled: it takes orders, or takes them again."""
    await suspend_organisation.enrolled(seen.provider_id, uow=uow)
