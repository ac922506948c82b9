"""returns.person.deceased: surveys stop, and what was set aside for this person alone is free again."""

from __future__ import annotations

from services.reintegration.commands import record_death
from services.reintegration.contracts.consumed import PersonDeceasedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_deceased(seen: PersonDeceasedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.deceased: surveys stop, and what was set aside for this person alone is free again."""
    await record_death.handle(seen, uow=uow)
