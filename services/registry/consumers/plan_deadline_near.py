"""reintegration.plan.deadline-near: a day of the partner of the plan comes near."""

from __future__ import annotations

from services.registry.commands.tell_consenting import tell_partner
from services.registry.contracts.consumed_for_partners import PlanDeadlineNearSeen
from shared.database.unit_of_work import UnitOfWork


async def on_plan_deadline_near(seen: PlanDeadlineNearSeen, *, uow: UnitOfWork) -> None:
    """reintegration.plan.deadline-near: a day of the partner of the plan comes near."""
    facts = {"deadline": seen.deadline, "due_on": seen.due_on.isoformat()}
    await tell_partner(seen.case_id, seen.partner_id, "plan.deadline-near", facts, seen.person_refs, uow=uow)
