"""registry.partner.suspended: nothing is disclosed to it for the time being."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import PartnerSuspendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_partner_suspended(seen: PartnerSuspendedSeen, *, uow: UnitOfWork) -> None:
    """registry.partner.suspended: nothing is disclosed to it for the time being."""
    await learn.recipient_suspended(seen.partner_id, uow=uow)
