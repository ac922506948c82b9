"""Submit a plan; whoever submits it is its author from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.contracts.published import PlanSubmitted
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import PlanFacts, missing_to_submit, step
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.plans import lock_plan, seal_summary
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SubmitPlan:
    """Submit this plan, with what it says in words (sealed)."""

    plan_id: UUID
    summary: str | None = None
    on: date | None = None


async def handle(command: SubmitPlan, *, uow: UnitOfWork) -> PlanRow:
    """Submit it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, may_support)
    facts = PlanFacts(partner_assigned=plan.partner_id is not None)
    plan.state = step("submit", plan.state, missing_to_submit(facts))
    plan.author, plan.submitted_on, plan.validated_by = uow.actor.subject, on, None
    persons = await persons_of(uow, plan.case_id)
    if command.summary and persons:
        await seal_summary(uow, plan, command.summary, persons[0].id)
    touch(plan, now=uow.now)
    uow.publish(PlanSubmitted(plan_id=plan.id, case_id=plan.case_id, on=on))
    uow.record("plan.submitted", subject=plan.id)
    return plan
