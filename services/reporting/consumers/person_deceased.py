"""returns.person.deceased: somebody died before the departure."""

from __future__ import annotations

from services.reporting.commands import record_person
from services.reporting.contracts.consumed_persons import PersonDeceasedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_deceased(seen: PersonDeceasedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.deceased: somebody died before the departure."""
    await record_person.deceased(seen, uow=uow)
