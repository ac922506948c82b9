"""returns.person.added: somebody joined a case."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import PersonAddedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_added(seen: PersonAddedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.added: somebody joined a case."""
    await project_disclosure.keep_persons(seen.case_id, [seen.person], uow=uow)
