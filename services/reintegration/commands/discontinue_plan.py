"""Support ends early; money nobody is owed becomes free again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import hold_orders, move_referral, release_funds
from services.reintegration.contracts.published import ReasonGroup
from services.reintegration.contracts.published_plan_endings import PlanDiscontinued
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import step
from services.reintegration.persistence.plans import find_plan, lock_plan
from services.reintegration.persistence.policies import may_assign
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class DiscontinuePlan:
    """Discontinue this plan."""

    plan_id: UUID
    reason_group: ReasonGroup
    on: date | None = None


async def handle(command: DiscontinuePlan, *, uow: UnitOfWork) -> PlanRow:
    """Discontinue it; raises TransitionRefused. Money is locked and released before the plan, as
    everywhere.
    """
    on = day_of_fact(command.on, uow.now)
    seen = await find_plan(uow, command.plan_id, may_assign)
    step("discontinue", seen.state)
    await release_funds.release(uow, seen.case_id, on=on, reason_group=command.reason_group)
    await hold_orders.end_holds(seen.case_id, on=on, uow=uow)
    await move_referral.cancel_all(seen.case_id, on=on, uow=uow)
    plan = await lock_plan(uow, command.plan_id, may_assign)
    plan.state = step("discontinue", plan.state)
    plan.ended_on, plan.reason_group = on, command.reason_group
    touch(plan, now=uow.now)
    fact = {"plan_id": plan.id, "case_id": plan.case_id, "on": on, "reason_group": command.reason_group}
    uow.publish(PlanDiscontinued(**fact))
    uow.record("plan.discontinued", subject=plan.id)
    return plan
