"""Persons go on in another file of their family; files are joined before any decision, so no money is concerned."""

from __future__ import annotations

from services.reintegration.contracts.consumed import CaseMergedSeen
from services.reintegration.persistence.cases import set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """Under both keys, because either may come after the opening of the emptied file; twice changes nothing."""
    for person in seen.persons:
        await set_person(uow, seen.case_id, person)
