"""Persons go on in another file of their family; files are joined before any decision, so no money is concerned."""

from __future__ import annotations

from services.reintegration.contracts.consumed import CaseMergedSeen
from services.reintegration.persistence.cases import let_go, set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """Under both keys: each file's events say who is on it, whatever comes when; twice changes nothing."""
    for person in seen.persons:
        if seen.published_under == seen.merged_case_id:
            await let_go(uow, seen.merged_case_id, person, to_case=seen.case_id)
        else:
            await set_person(uow, seen.case_id, person, from_case=seen.merged_case_id)
