"""registry.partner.suspended: no new plans for it, and its plans are looked at."""

from __future__ import annotations

from services.reintegration.commands import suspend_organisation
from services.reintegration.contracts.consumed import PartnerSuspendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_partner_suspended(seen: PartnerSuspendedSeen, *, uow: UnitOfWork) -> None:
    """registry.partner.suspended: no new plans for it, and its plans are looked at."""
    await suspend_organisation.suspended(seen.partner_id, seen.on, uow=uow)
