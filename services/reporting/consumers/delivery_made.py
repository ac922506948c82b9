"""registry.delivery.made: a recipient accepted a webhook."""

from __future__ import annotations

from services.reporting.commands import record_delivery
from services.reporting.contracts.consumed import DeliveryMadeSeen
from shared.database.unit_of_work import UnitOfWork


async def on_delivery_made(seen: DeliveryMadeSeen, *, uow: UnitOfWork) -> None:
    """registry.delivery.made: a recipient accepted a webhook."""
    await record_delivery.handle(seen, uow=uow)
