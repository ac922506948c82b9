"""returns.consent.withdrawn: sharing stops now."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import ConsentWithdrawnSeen
from shared.database.unit_of_work import UnitOfWork


async def on_consent_withdrawn(seen: ConsentWithdrawnSeen, *, uow: UnitOfWork) -> None:
    """returns.consent.withdrawn: sharing stops now."""
    await follow_endings.consent_withdrawn(seen, uow=uow)
