"""Persons went on in a case of their own: they are counted there, once."""

from __future__ import annotations

from sqlmodel import col, select

from services.reporting.contracts.consumed import CaseSplitSeen
from services.reporting.persistence.facts import forget_person, set_on_case, set_person
from services.reporting.persistence.tables import CaseFact
from shared.database.unit_of_work import UnitOfWork

CODES = ("case_kind", "programme_id", "partnership_id", "host", "destination")


async def handle(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """The same fact comes under both keys; each changes the rows of its own case only."""
    if seen.published_under == seen.new_case_id:
        codes = {name: value for name in CODES if (value := getattr(seen, name)) is not None}
        await set_on_case(uow, seen.new_case_id, split_from=seen.case_id, opened_on=seen.on, **codes)
        for person in seen.persons:
            await set_person(uow, seen.new_case_id, person.model_dump())
        return
    for person in seen.persons:
        await forget_person(uow, seen.case_id, person.person_ref)
    if seen.programme_id is None:
        await _inherit(seen, uow=uow)


async def _inherit(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """Facts from before they named the codes of the new case: it has those of the case it came from."""
    wanted = select(CaseFact).where(col(CaseFact.case_id) == seen.case_id)
    origin = await uow.session.scalar(wanted.execution_options(populate_existing=True))
    if origin is not None:
        await set_on_case(uow, seen.new_case_id, **{name: getattr(origin, name) for name in CODES})
