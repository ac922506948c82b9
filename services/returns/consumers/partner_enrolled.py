"""registry.partner.enrolled: a possible partner."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import PartnerEnrolledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_partner_enrolled(seen: PartnerEnrolledSeen, *, uow: UnitOfWork) -> None:
    """registry.partner.enrolled: a possible partner."""
    await learn.partner_enrolled(seen, uow=uow)
