"""The assigned partner says whether a plan can be carried out on the spot, or returns it for change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import step
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import is_partner_of
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ValidatePlan:
    """Validate or return this plan."""

    plan_id: UUID
    outcome: Literal["validated", "returned"] = "validated"
    on: date | None = None


async def handle(command: ValidatePlan, *, uow: UnitOfWork) -> PlanRow:
    """Validate it; raises TransitionRefused."""
    day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, is_partner_of)
    plan.state = step("validate" if command.outcome == "validated" else "return", plan.state)
    if command.outcome == "validated":
        plan.validated_by = uow.actor.subject
    touch(plan, now=uow.now)
    uow.record(f"plan.{command.outcome}", subject=plan.id)
    return plan
