"""reintegration.referral.answered: a provider accepted, rejected, or took its answer back."""

from __future__ import annotations

from services.registry.commands import follow_referrals
from services.registry.contracts.consumed_referrals import ReferralMovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_referral_answered(seen: ReferralMovedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.referral.answered: a provider accepted, rejected, or took its answer back."""
    await follow_referrals.answered(seen, uow=uow)
