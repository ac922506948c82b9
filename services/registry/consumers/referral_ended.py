"""reintegration.referral.ended: nobody is expected there any more, or everything was done."""

from __future__ import annotations

from services.registry.commands import follow_referrals
from services.registry.contracts.consumed_referrals import ReferralMovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_referral_ended(seen: ReferralMovedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.referral.ended: nobody is expected there any more, or everything was done."""
    await follow_referrals.ended(seen, uow=uow)
