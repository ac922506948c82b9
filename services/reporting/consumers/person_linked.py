"""returns.person.linked: two references are one human being, or no longer."""

from __future__ import annotations

from services.reporting.commands import record_person
from services.reporting.contracts.consumed_persons import PersonLinkedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_linked(seen: PersonLinkedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.linked: two references are one human being, or no longer."""
    await record_person.linked(seen, uow=uow)
