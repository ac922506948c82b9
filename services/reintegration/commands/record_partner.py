"""Keeps the narrow copy of reintegration partners."""

from __future__ import annotations

from services.reintegration.contracts.consumed import PartnerEnrolledSeen
from services.reintegration.persistence.cases import set_partner
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: PartnerEnrolledSeen, *, uow: UnitOfWork) -> None:
    """Record it."""
    await set_partner(uow, seen.partner_id, kind=seen.kind, countries=list(seen.countries))
