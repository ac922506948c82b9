"""registry.request.ended: a recipient heard the neutral stop."""

from __future__ import annotations

from services.reintegration.commands import move_referral
from services.reintegration.contracts.consumed_referrals import RequestEndedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_request_ended(seen: RequestEndedSeen, *, uow: UnitOfWork) -> None:
    """registry.request.ended: a recipient heard the neutral stop."""
    await move_referral.request_ended(seen, uow=uow)
