"""Partnerships and their status, for the frame in which figures are read."""

from __future__ import annotations

from services.reporting.contracts.consumed import PartnershipSignedSeen, PartnershipStatusChangedSeen
from services.reporting.persistence.facts import upsert
from services.reporting.persistence.tables import PartnershipFact
from shared.database.unit_of_work import UnitOfWork


async def signed(seen: PartnershipSignedSeen, *, uow: UnitOfWork) -> None:
    """Record parties and the day of signature."""
    parties = ", ".join(sorted(party.code for party in seen.parties))
    key = {"partnership_id": seen.partnership_id}
    await upsert(
        uow.session,
        PartnershipFact,
        key,
        {"status": "signed", "signed_on": seen.signed_on, "parties": parties},
    )


async def status_changed(seen: PartnershipStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """Record the new status."""
    await upsert(uow.session, PartnershipFact, {"partnership_id": seen.partnership_id}, {"status": seen.status})
