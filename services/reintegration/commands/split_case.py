"""Persons go on in a case of their own: what was set aside for them alone is released, as their new case is
decided anew.
"""

from __future__ import annotations

from services.reintegration.commands import release_funds
from services.reintegration.commands.amend_plan import amend
from services.reintegration.contracts.consumed import CaseSplitSeen
from services.reintegration.persistence.cases import find_case, let_go, set_case, set_person
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.tables import PLACES, CaseFileRow
from shared.database.unit_of_work import UnitOfWork

INHERITED = ("office_id", "programme_id", "partnership_id", "destination")


async def handle(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """Done under the old case's key, where the approval always comes first; the twin under the new key says only who
    is on the new case.
    """
    if seen.published_under != seen.case_id:
        for person in seen.persons:
            await set_person(uow, seen.new_case_id, person, from_case=seen.case_id)
        return
    await _inherit(await find_case(uow, seen.case_id), seen, uow=uow)
    leaving = await PLACES.here(uow, seen.case_id) & {person.person_ref for person in seen.persons}
    for person in seen.persons:
        await let_go(uow, seen.case_id, person, to_case=seen.new_case_id)
    if not leaving:
        return
    await release_funds.release(uow, seen.case_id, on=seen.on, reason_group="circumstances", person_refs=leaving)
    plan = await plan_of(uow, seen.case_id, lock=True)
    if plan is not None:
        amend(plan, by=-len(leaving), on=seen.on, uow=uow)


async def _inherit(old: CaseFileRow | None, seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """The new case belongs where the old one did, unless its own events said otherwise already."""
    new = await find_case(uow, seen.new_case_id)
    values: dict[str, object] = {}
    for name in INHERITED if old is not None else ():
        if new is None or getattr(new, name) is None:
            values[name] = getattr(old, name)
    await set_case(uow, seen.new_case_id, **values)
