"""The timer that says to the partner of a plan, once, that a day comes near by which it is to have done something.

Nothing moves by itself, and a day that moved is told of anew. Source: domain-rules.md 36 and 38.
"""

from __future__ import annotations

from uuid import UUID

from services.reintegration.contracts.published_to_partners import PlanDeadlineNear
from services.reintegration.domain.plan_deadline import is_near, running
from services.reintegration.persistence.plan_rules import rules_of
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import may_oversee
from services.reintegration.persistence.reference_data import deadline_rules
from services.reintegration.persistence.told_partners import note_deadline, there, with_near_deadlines
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Runtime

JOB = "near-deadlines"


async def run(runtime: Runtime) -> None:
    """One unit of work per plan, so that one never holds up another."""
    await one_by_one(runtime, Principal.system(JOB), lambda uow: with_near_deadlines(uow, deadline_rules()), handle)


async def handle(plan_id: UUID, *, uow: UnitOfWork) -> None:
    """Everything that is near today for one plan; doing it again says nothing twice."""
    plan = await lock_plan(uow, plan_id, may_oversee)
    refs = await there(uow, plan.case_id)
    if plan.partner_id is None or not refs:
        return
    near, today = deadline_rules(), uow.now.date()
    for deadline, due_on in running(plan, await rules_of(uow, plan)).items():
        if not is_near(due_on, lead_days=near.lead_days[deadline], today=today):
            continue
        if await note_deadline(uow, plan, plan.partner_id, deadline, due_on):
            uow.publish(
                PlanDeadlineNear(
                    plan_id=plan.id,
                    case_id=plan.case_id,
                    partner_id=plan.partner_id,
                    person_refs=refs,
                    deadline=deadline.value,
                    due_on=due_on,
                    rule_version=near.version,
                )
            )
            uow.record("plan.deadline-near", subject=plan.id, deadline=deadline.value)
