"""Persons went on in another file of their family: they are counted there, and the emptied file as no case."""

from __future__ import annotations

from services.reporting.contracts.consumed import CaseMergedSeen
from services.reporting.persistence.facts import set_on_case, set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """The same fact comes under both keys; only under its own, after its opening, is the emptied file taken out."""
    for person in seen.persons:
        await set_person(uow, seen.case_id, person.model_dump())
    if seen.published_under == seen.merged_case_id:
        await set_on_case(uow, seen.merged_case_id, opened_on=None, submitted_on=None, screened_on=None)
