"""returns.person.erasure-ordered: destroy the person's key."""

from __future__ import annotations

from services.reintegration.commands import erase_person
from services.reintegration.contracts.consumed import PersonErasureOrderedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_erasure_ordered(seen: PersonErasureOrderedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.erasure-ordered: destroy the person's key."""
    await erase_person.handle(seen, uow=uow)
