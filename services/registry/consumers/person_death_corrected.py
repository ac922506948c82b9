"""reintegration.person.death-corrected: nobody had died; they are told of once they agree anew."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import PersonGoneSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_death_corrected(seen: PersonGoneSeen, *, uow: UnitOfWork) -> None:
    """reintegration.person.death-corrected: they are told of once they agree anew."""
    await follow_endings.death_corrected(seen.person_ref, uow=uow)
