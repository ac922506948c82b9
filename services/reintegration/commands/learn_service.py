"""Keep what registry says of a provider's service, so that a referral that cannot be placed is refused at once."""

from __future__ import annotations

from services.reintegration.contracts.consumed_referrals import ProviderServiceSeen
from services.reintegration.persistence.referrals import keep_service
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: ProviderServiceSeen, *, uow: UnitOfWork) -> None:
    """The newest word counts; registry decides in the end."""
    await keep_service(uow, seen)
