"""returns.person.deceased: what was set aside for this person alone is free again, and nothing more is sent."""

from __future__ import annotations

from services.reintegration.commands import leave_behind
from services.reintegration.contracts.consumed import CaseDidNotBoardSeen, PersonDeceasedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_deceased(seen: PersonDeceasedSeen, *, uow: UnitOfWork) -> None:
    """returns.person.deceased: what was set aside for this person alone is free again."""
    left = CaseDidNotBoardSeen(case_id=seen.case_id, on=seen.on, person_refs=[seen.person_ref])
    await leave_behind.handle(left, uow=uow)
