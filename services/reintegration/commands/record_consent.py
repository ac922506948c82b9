"""Keeps the narrow copy of consents that name a recipient."""

from __future__ import annotations

from services.reintegration.contracts.consumed import ConsentGivenSeen, ConsentWithdrawnSeen
from services.reintegration.persistence import consents
from shared.database.unit_of_work import UnitOfWork


async def given(seen: ConsentGivenSeen, *, uow: UnitOfWork) -> None:
    """Recipients may be shown the person."""
    await consents.keep(uow, seen)


async def withdrawn(seen: ConsentWithdrawnSeen, *, uow: UnitOfWork) -> None:
    """They may not any more, from this moment on."""
    await consents.withdraw(uow, seen.consent_id)
