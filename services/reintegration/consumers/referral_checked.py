"""registry.referral.checked: a place was taken for a referral, or there is none to be had."""

from __future__ import annotations

from services.reintegration.commands import move_referral
from services.reintegration.contracts.consumed_referrals import ReferralCheckedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_referral_checked(seen: ReferralCheckedSeen, *, uow: UnitOfWork) -> None:
    """registry.referral.checked: a place was taken for a referral, or there is none to be had."""
    await move_referral.checked(seen, uow=uow)
