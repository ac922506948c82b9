"""returns.consent.withdrawn: nothing rests on it any more."""

from __future__ import annotations

from services.reintegration.commands import record_consent
from services.reintegration.contracts.consumed import ConsentWithdrawnSeen
from shared.database.unit_of_work import UnitOfWork


async def on_consent_withdrawn(seen: ConsentWithdrawnSeen, *, uow: UnitOfWork) -> None:
    """returns.consent.withdrawn: nothing rests on it any more."""
    await record_consent.withdrawn(seen, uow=uow)
