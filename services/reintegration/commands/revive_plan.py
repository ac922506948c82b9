"""Somebody of a plan that rested was heard of: it goes on, while the programme's window is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import watch_first_contacts
from services.reintegration.contracts.published_plan_courses import PlanRevived
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import PlanState, revival, step
from services.reintegration.domain.plan_rules import missing_to_revive
from services.reintegration.persistence.plan_rules import rules_of
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RevivePlan:
    """Take this plan up again."""

    plan_id: UUID
    on: date | None = None


async def handle(command: RevivePlan, *, uow: UnitOfWork) -> PlanRow:
    """Revive it; the steps to the first contact are counted anew. Raises NotFound, TransitionRefused outside the
    window."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, may_support)
    await revive(plan, on=on, uow=uow)
    watch_first_contacts.start(plan, on)
    touch(plan, now=uow.now)
    if plan.partner_id is not None:
        uow.notify("plan.revived", role="reintegration_partner", scope=str(plan.partner_id), subject=plan.id)
    return plan


async def revive(plan: PlanRow, *, on: date, uow: UnitOfWork) -> None:
    """Take up a locked plan: an approved one is active again, any other is drawn up anew with the family. Raises
    TransitionRefused."""
    rules = await rules_of(uow, plan)
    rests = plan.state == PlanState.DORMANT and plan.arrived_on is not None
    missing = missing_to_revive(rules, arrived_on=plan.arrived_on or on, on=on) if rests else []
    plan.state = step(revival(plan.approved_on), plan.state, missing)
    plan.dormant_since = plan.revivable_until = None
    uow.publish(PlanRevived(plan_id=plan.id, case_id=plan.case_id, on=on))
    uow.record("plan.revived", subject=plan.id)
