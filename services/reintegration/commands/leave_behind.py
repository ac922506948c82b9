"""Some of a family did not board: what was set aside for them alone is released. If nobody boarded, the
family is rebooked.
"""

from __future__ import annotations

from services.reintegration.commands import release_funds
from services.reintegration.contracts.consumed import CaseDidNotBoardSeen
from services.reintegration.persistence.cases import find_case, persons_of
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseDidNotBoardSeen, *, uow: UnitOfWork) -> None:
    """Release for those left behind; money of a whole family stays reserved for the next flight."""
    persons = await persons_of(uow, seen.case_id)
    left = {person.person_ref for person in persons} & set(seen.person_refs)
    if not left:
        return
    if len(left) == len(persons):
        case = await find_case(uow, seen.case_id)
        if case is not None and case.programme_id is not None:
            scope = str(case.programme_id)
            uow.notify("departure-cash.check", role="finance_officer", scope=scope, subject=seen.case_id)
        return
    for person in persons:
        if person.person_ref in left:
            person.travelled = False
    await release_funds.release(uow, seen.case_id, on=seen.on, reason_group="circumstances", person_refs=left)
