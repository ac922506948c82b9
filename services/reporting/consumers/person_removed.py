"""returns.person.removed: somebody was taken off a case."""

from __future__ import annotations

from services.reporting.commands import record_person
from services.reporting.contracts.consumed_persons import PersonRemovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_removed(seen: PersonRemovedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.removed: somebody was taken off a case."""
    await record_person.removed(seen, uow=uow)
