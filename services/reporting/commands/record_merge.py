"""Persons went on in another file of their family: they are counted there, and the emptied file as no case."""

from __future__ import annotations

from services.reporting.contracts.consumed import CaseMergedSeen
from services.reporting.persistence.facts import forget_person, set_on_case, set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """The same fact comes under both keys; each changes the rows of its own case only."""
    if seen.published_under == seen.case_id:
        for person in seen.persons:
            await set_person(uow, seen.case_id, person.model_dump())
        return
    await set_on_case(uow, seen.merged_case_id, merged_into=seen.case_id)
    for person in seen.persons:
        await forget_person(uow, seen.merged_case_id, person.person_ref)
