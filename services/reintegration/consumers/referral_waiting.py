"""registry.referral.waiting: the provider of a referral may not be told yet."""

from __future__ import annotations

from services.reintegration.commands import move_referral
from services.reintegration.contracts.consumed_referrals import ReferralWaitingSeen
from shared.database.unit_of_work import UnitOfWork


async def on_referral_waiting(seen: ReferralWaitingSeen, *, uow: UnitOfWork) -> None:
    """registry.referral.waiting: the provider of a referral may not be told yet."""
    await move_referral.waiting(seen, uow=uow)
