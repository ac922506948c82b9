"""reintegration.person.death-corrected: nobody had died."""

from __future__ import annotations

from services.returns.commands import learn_of_corrected_death
from services.returns.contracts.consumed_persons import PersonDeathCorrectedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_death_corrected(seen: PersonDeathCorrectedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.person.death-corrected: nobody had died."""
    command = learn_of_corrected_death.LearnOfCorrectedDeath(person_ref=seen.person_ref, on=seen.on)
    await learn_of_corrected_death.handle(command, uow=uow)
