"""reintegration.referral.made: a provider is asked to take somebody."""

from __future__ import annotations

from services.registry.commands import follow_referrals
from services.registry.contracts.consumed_referrals import ReferralMadeSeen
from shared.database.unit_of_work import UnitOfWork


async def on_referral_made(seen: ReferralMadeSeen, *, uow: UnitOfWork) -> None:
    """reintegration.referral.made: a provider is asked to take somebody."""
    await follow_referrals.made(seen, uow=uow)
