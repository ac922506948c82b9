"""registry.partnership.status-changed: it moved on."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import PartnershipStatusChangedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_partnership_status_changed(seen: PartnershipStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """registry.partnership.status-changed: it moved on."""
    await record_partnership.status_changed(seen, uow=uow)
