"""returns.person.added: somebody joined a case."""

from __future__ import annotations

from services.reporting.commands import record_opening
from services.reporting.contracts.consumed import PersonAddedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_added(seen: PersonAddedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.added: somebody joined a case."""
    await record_opening.add_person(seen.case_id, seen.person, uow=uow)
