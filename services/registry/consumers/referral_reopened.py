"""reintegration.referral.reopened: somebody is expected there after all."""

from __future__ import annotations

from services.registry.commands import follow_referrals
from services.registry.contracts.consumed_referrals import ReferralReopenedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_referral_reopened(seen: ReferralReopenedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.referral.reopened: somebody is expected there after all."""
    await follow_referrals.reopened(seen, uow=uow)
