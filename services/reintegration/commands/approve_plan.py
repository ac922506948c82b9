"""Approve a plan (never one's own): what it will cost after return is committed, its measures are ordered with the
partner, and it is active if they have arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.commands.activate_plan import activate_if_due
from services.reintegration.commands.order_measures import order_measures
from services.reintegration.contracts.published import PlanApproved
from services.reintegration.domain.assistance_line import Phase
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.plan import PlanFacts, missing_to_approve, step
from services.reintegration.persistence.budgets import book, find_budget
from services.reintegration.persistence.lines import find_reservation, lock_lines
from services.reintegration.persistence.plans import find_plan, lock_plan
from services.reintegration.persistence.policies import is_programme_manager_of
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.persistence.tables import BudgetRow, LineRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

STEPS = {"approved": "approve", "returned": "return", "rejected": "reject"}


@dataclass(frozen=True, kw_only=True)
class ApprovePlan:
    """Approve, return or reject this plan."""

    plan_id: UUID
    outcome: Literal["approved", "returned", "rejected"] = "approved"
    on: date | None = None


async def handle(command: ApprovePlan, *, uow: UnitOfWork) -> PlanRow:
    """Decide; raises TransitionRefused. Locks in the order budget, lines, plan."""
    on = day_of_fact(command.on, uow.now)
    seen = await find_plan(uow, command.plan_id, is_programme_manager_of)
    budget, lines = await _locked_money(uow, seen.case_id)
    plan = await lock_plan(uow, command.plan_id, is_programme_manager_of)
    facts = PlanFacts(author=plan.author, validated_by=plan.validated_by, funds_reserved=budget is not None)
    missing = missing_to_approve(facts, uow.actor.subject) if command.outcome == "approved" else []
    plan.state = step(STEPS[command.outcome], plan.state, missing)
    touch(plan, now=uow.now)
    uow.record(f"plan.{command.outcome}", subject=plan.id)
    if command.outcome != "approved" or budget is None:
        return plan
    for line in lines:
        if line.phase == Phase.POST_RETURN and line.budget_id == budget.id and line.released_on is None:
            book(uow, Move.COMMIT, line.reserved_minor, budget=budget, line=line, on=on)
            line.committed_by_plan = True
    plan.approved_by, plan.approved_on = uow.actor.subject, on
    uow.publish(PlanApproved(plan_id=plan.id, case_id=plan.case_id, on=on))
    activate_if_due(plan, uow=uow)
    await order_measures(plan, on=on, uow=uow)
    return plan


async def _locked_money(uow: UnitOfWork, case_id: UUID) -> tuple[BudgetRow | None, list[LineRow]]:
    reservation = await find_reservation(uow, case_id)
    if reservation is None or reservation.budget_id is None or reservation.state != "reserved":
        return None, []
    return await find_budget(uow, reservation.budget_id, lock=True), await lock_lines(uow, case_id)
