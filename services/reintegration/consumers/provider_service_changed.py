"""registry.provider-service.changed: what a provider offers, and how many places are free."""

from __future__ import annotations

from services.reintegration.commands import learn_service
from services.reintegration.contracts.consumed_referrals import ProviderServiceSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_service_changed(seen: ProviderServiceSeen, *, uow: UnitOfWork) -> None:
    """registry.provider-service.changed: what a provider offers, and how many places are free."""
    await learn_service.handle(seen, uow=uow)
