"""Somebody died: nothing more is asked about them, and what was set aside for them alone is free again."""

from __future__ import annotations

from services.reintegration.commands import leave_behind
from services.reintegration.contracts.consumed import CaseDidNotBoardSeen, PersonDeceasedSeen
from services.reintegration.persistence.cases import persons_of
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: PersonDeceasedSeen, *, uow: UnitOfWork) -> None:
    """A second record changes nothing."""
    for person in await persons_of(uow, seen.case_id):
        if person.person_ref == seen.person_ref:
            person.deceased_on = person.deceased_on or seen.on
    left = CaseDidNotBoardSeen(case_id=seen.case_id, on=seen.on, person_refs=[seen.person_ref])
    await leave_behind.handle(left, uow=uow)
