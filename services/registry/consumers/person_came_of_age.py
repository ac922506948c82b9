"""returns.person.came-of-age: from now on only their own consent speaks for them."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import PersonGoneSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_came_of_age(seen: PersonGoneSeen, *, uow: UnitOfWork) -> None:
    """returns.person.came-of-age: from now on only their own consent speaks for them."""
    await follow_endings.came_of_age(seen.case_id, seen.person_ref, uow=uow)
