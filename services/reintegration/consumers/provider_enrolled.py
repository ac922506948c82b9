"""registry.provider.enrolled: it takes orders, or takes them again and goes on with what waited."""

from __future__ import annotations

from services.reintegration.commands import hold_orders, suspend_organisation
from services.reintegration.contracts.consumed import ProviderEnrolledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_provider_enrolled(seen: ProviderEnrolledSeen, *, uow: UnitOfWork) -> None:
    """registry.provider.enrolled: it takes orders, or takes them again and goes on with what waited."""
    await suspend_organisation.enrolled(seen.provider_id, uow=uow)
    await hold_orders.lift(seen.provider_id, on=uow.now.date(), uow=uow)
