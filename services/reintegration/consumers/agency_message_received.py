"""registry.agency-message.received: a provider said something about a referral."""

from __future__ import annotations

from services.reintegration.commands import apply_message
from services.reintegration.contracts.consumed_referrals import AgencyMessageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_agency_message_received(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """registry.agency-message.received: a provider said something about a referral."""
    await apply_message.handle(seen, uow=uow)
