"""registry.partnership.signed: a partnership exists."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import PartnershipSignedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_partnership_signed(seen: PartnershipSignedSeen, *, uow: UnitOfWork) -> None:
    """registry.partnership.signed: a partnership exists."""
    await record_partnership.signed(seen, uow=uow)
