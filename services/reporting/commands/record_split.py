"""Persons went on in a case of their own: they are counted there, once."""

from __future__ import annotations

from sqlmodel import col, select

from services.reporting.contracts.consumed import CaseSplitSeen
from services.reporting.persistence.facts import set_on_case, set_person
from services.reporting.persistence.tables import CaseFact
from shared.database.unit_of_work import UnitOfWork

INHERITED = ("case_kind", "programme_id", "partnership_id", "host", "destination")


async def handle(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """The same fact comes under both keys; recording it twice changes nothing."""
    wanted = select(CaseFact).where(col(CaseFact.case_id) == seen.case_id)
    origin = await uow.session.scalar(wanted.execution_options(populate_existing=True))
    inherited = {name: getattr(origin, name) for name in INHERITED} if origin else {}
    await set_on_case(uow, seen.new_case_id, split_from=seen.case_id, **inherited)
    for person in seen.persons:
        await set_person(uow, seen.new_case_id, person.model_dump())
