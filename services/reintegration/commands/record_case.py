"""Keeps the narrow copy of a return case: its office, programme, destination and people."""

from __future__ import annotations

from services.reintegration.contracts.consumed import CaseApprovedSeen, CaseClosedSeen, CaseOpenedSeen
from services.reintegration.domain.case_standing import Standing, has_ended
from services.reintegration.domain.plan import PlanState, step
from services.reintegration.persistence.cases import find_case, set_case, set_person
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.told_partners import forget_orders
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

FINAL = frozenset({Standing.WITHDRAWN, Standing.CANCELLED, Standing.RETURN_FAILED})


async def opened(seen: CaseOpenedSeen, *, uow: UnitOfWork) -> None:
    """A case was opened."""
    await set_case(
        uow,
        seen.case_id,
        office_id=seen.office_id,
        programme_id=seen.programme_id,
        partnership_id=seen.partnership_id,
        destination=seen.destination,
    )
    for person in seen.persons:
        await set_person(uow, seen.case_id, person)


async def approved(seen: CaseApprovedSeen, *, uow: UnitOfWork) -> None:
    """Assistance was granted; after a review also to a case that was refused, but never to one that ended
    otherwise.
    """
    case = await find_case(uow, seen.case_id)
    standing = case.standing if case and case.standing in FINAL else Standing.APPROVED.value
    await set_case(uow, seen.case_id, programme_id=seen.programme_id, approved_on=seen.on, standing=standing)
    for person in seen.persons:
        await set_person(uow, seen.case_id, person)


async def resumed(seen: CaseClosedSeen, *, uow: UnitOfWork) -> None:
    """A case that ended is taken up again; its money waits for the fact that grants it anew."""
    case = await find_case(uow, seen.case_id)
    if case is not None and has_ended(case.standing):
        await set_case(uow, seen.case_id, standing=Standing.OPEN.value, ended_on=None)
        plan = await plan_of(uow, seen.case_id, lock=True)
        if plan is not None and plan.state == PlanState.DISCONTINUED:
            plan.state = step("take-up-again", plan.state)
            plan.ended_on = plan.reason_group = None
            await forget_orders(uow, plan.id)
            touch(plan, now=uow.now)
            uow.record("plan.taken-up-again", subject=plan.id)


async def closed(seen: CaseClosedSeen, *, uow: UnitOfWork) -> None:
    """The return case is done; support after arrival goes on."""
    await set_case(uow, seen.case_id, closed_on=seen.on)
