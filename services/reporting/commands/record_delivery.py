"""Webhooks that arrived, counted per type."""

from __future__ import annotations

from services.reporting.contracts.consumed import DeliveryMadeSeen
from services.reporting.persistence.facts import upsert
from services.reporting.persistence.tables import DeliveryFact
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: DeliveryMadeSeen, *, uow: UnitOfWork) -> None:
    """Record one accepted delivery."""
    values = {"case_id": seen.case_id, "recipient_id": seen.recipient_id, "payload_type": seen.payload_type}
    await upsert(uow, DeliveryFact, {"delivery_id": seen.delivery_id}, values)
