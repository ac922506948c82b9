"""A plan goes on with another partner: who looks after the family, who is told, and what is asked anew."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reintegration.commands import watch_first_contacts
from services.reintegration.commands.order_measures import order_measures
from services.reintegration.contracts.published_plan_courses import PlanAssigned, PlanTransferred
from services.reintegration.domain.plan import PlanState, step
from services.reintegration.persistence.cases import scope_of
from services.reintegration.persistence.consents import shared_with
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def move(plan: PlanRow, to_partner_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """Move a locked plan; what the partner before had validated, the new one validates itself, and the steps to a first
    contact start anew. Raises TransitionRefused."""
    before = plan.partner_id
    plan.state = step("transfer", plan.state)
    if plan.state == PlanState.PARTNER_VALIDATED:
        plan.state, plan.validated_by = step("validate-anew", plan.state), None
    plan.partner_id, plan.assigned_on = to_partner_id, on
    if plan.contact_from is not None and plan.state != PlanState.DORMANT:
        watch_first_contacts.start(plan, on)
    touch(plan, now=uow.now)
    uow.notify("plan.assigned", role="reintegration_partner", scope=str(to_partner_id), subject=plan.id)
    fact = {"plan_id": plan.id, "case_id": plan.case_id, "on": on, "partner_id": to_partner_id}
    if before is None:
        uow.publish(PlanAssigned(**fact))
    elif before != to_partner_id:
        uow.publish(PlanTransferred(**fact, from_partner_id=before))
        uow.notify("plan.handed-over", role="reintegration_partner", scope=str(before), subject=plan.id)
    uow.record("plan.assigned", subject=plan.id, partner_id=str(to_partner_id))
    await order_measures(plan, on=on, uow=uow)


async def ask_for_consent(plan: PlanRow, partner_id: UUID, *, uow: UnitOfWork) -> None:
    """Tell the office when no live consent names the partner: without one it is shown nobody."""
    if await shared_with(uow, plan.case_id, partner_id):
        return
    scope = await scope_of(uow, plan.case_id)
    if scope is not None and scope.office_id is not None:
        uow.notify("plan.consent-needed", role="caseworker", scope=scope.office_id, subject=plan.id)
