"""registry.partner.enrolled: a partner that plans can be assigned to."""

from __future__ import annotations

from services.reintegration.commands import record_partner
from services.reintegration.contracts.consumed import PartnerEnrolledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_partner_enrolled(seen: PartnerEnrolledSeen, *, uow: UnitOfWork) -> None:
    """registry.partner.enrolled: a partner that plans can be assigned to."""
    await record_partner.handle(seen, uow=uow)
