"""Keeps the narrow copy of reintegration partners."""

from __future__ import annotations

from services.reintegration.commands import suspend_organisation
from services.reintegration.contracts.consumed import PartnerEnrolledSeen
from services.reintegration.persistence.cases import set_partner
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: PartnerEnrolledSeen, *, uow: UnitOfWork) -> None:
    """Record it; a suspension is over."""
    await suspend_organisation.enrolled(seen.partner_id, uow=uow)
    await set_partner(uow, seen.partner_id, kind=seen.kind, countries=list(seen.countries))
