"""A case ended before arrival: grants stop, money is released, an unfinished plan is discontinued."""

from __future__ import annotations

from services.reintegration.commands import hold_orders, move_referral, release_funds
from services.reintegration.contracts.consumed import CaseEndedSeen
from services.reintegration.contracts.published_plan_endings import PlanDiscontinued
from services.reintegration.domain.case_standing import Standing, has_ended
from services.reintegration.domain.plan import UNFINISHED, step
from services.reintegration.persistence.cases import find_case, set_case
from services.reintegration.persistence.plans import plan_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseEndedSeen, standing: Standing, *, uow: UnitOfWork) -> None:
    """End it; a second ending changes nothing, an ending before the approval is remembered for it."""
    case = await find_case(uow, seen.case_id)
    if case is None or not has_ended(case.standing):
        group = release_funds.known_group(seen.reason_group)
        await set_case(uow, seen.case_id, standing=standing.value, ended_on=seen.on, reason_group=group)
    await release_funds.release(uow, seen.case_id, on=seen.on, reason_group=seen.reason_group)
    await hold_orders.end_holds(seen.case_id, on=seen.on, uow=uow)
    await move_referral.cancel_all(seen.case_id, on=seen.on, uow=uow)
    plan = await plan_of(uow, seen.case_id, lock=True)
    if plan is not None and plan.state in UNFINISHED:
        plan.state = step("discontinue", plan.state)
        plan.ended_on, plan.reason_group = seen.on, release_funds.known_group(seen.reason_group)
        touch(plan, now=uow.now)
        fact = {"plan_id": plan.id, "case_id": plan.case_id, "on": seen.on, "reason_group": plan.reason_group}
        uow.publish(PlanDiscontinued(**fact))
        uow.record("plan.discontinued", subject=plan.id)
