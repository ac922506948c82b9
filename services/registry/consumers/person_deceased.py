"""returns.person.deceased, and reintegration's for the time after the arrival: they are not told of any more."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import PersonGoneSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_deceased(seen: PersonGoneSeen, *, uow: UnitOfWork) -> None:
    """returns.person.deceased: they are not told of any more."""
    await follow_endings.person_died(seen.case_id, seen.person_ref, uow=uow)
