"""Everything planned was delivered: the plan is complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.contracts.published_plan_endings import PlanCompleted
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import PlanFacts, missing_to_complete, step
from services.reintegration.persistence.plans import count_open_measures, lock_plan
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CompletePlan:
    """Complete this plan."""

    plan_id: UUID
    on: date | None = None


async def handle(command: CompletePlan, *, uow: UnitOfWork) -> PlanRow:
    """Complete it; raises TransitionRefused while a measure is open."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, may_support)
    facts = PlanFacts(open_measures=await count_open_measures(uow, plan.id))
    plan.state, plan.ended_on = step("complete", plan.state, missing_to_complete(facts)), on
    touch(plan, now=uow.now)
    uow.publish(PlanCompleted(plan_id=plan.id, case_id=plan.case_id, on=on))
    uow.record("plan.completed", subject=plan.id)
    return plan
