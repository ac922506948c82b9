"""reintegration.person.deceased: somebody died after the arrival."""

from __future__ import annotations

from services.returns.commands import learn_of_death
from services.returns.contracts.consumed_persons import PersonDeceasedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_deceased(seen: PersonDeceasedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.person.deceased: somebody died after the arrival."""
    command = learn_of_death.LearnOfDeath(person_ref=seen.person_ref, on=seen.on)
    await learn_of_death.handle(command, uow=uow)
