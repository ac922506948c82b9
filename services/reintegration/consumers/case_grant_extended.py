"""returns.case.grant-extended: set aside the lines of who joined after the decision, on top of the grant."""

from __future__ import annotations

from services.reintegration.commands import reserve_funds
from services.reintegration.contracts.consumed import CaseGrantExtendedSeen
from services.reintegration.persistence.cases import set_person
from shared.database.unit_of_work import UnitOfWork


async def on_case_grant_extended(seen: CaseGrantExtendedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.grant-extended: set aside the lines of who joined after the decision, on top of the grant."""
    for person in seen.persons:
        await set_person(uow, seen.case_id, person)
    await reserve_funds.on_top(seen.case_id, seen.lines, on=seen.on, uow=uow)
