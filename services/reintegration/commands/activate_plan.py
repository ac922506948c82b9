"""A plan becomes active the moment it is both approved and arrived, whichever comes second."""

from __future__ import annotations

from services.reintegration.contracts.published import PlanActivated
from services.reintegration.domain.plan import becomes_active, step
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork


def activate_if_due(plan: PlanRow, *, uow: UnitOfWork) -> None:
    """Activate a locked plan if both facts are there."""
    if not becomes_active(plan.state, plan.arrived_on) or plan.arrived_on is None:
        return
    on = max(plan.arrived_on, plan.approved_on or plan.arrived_on)
    plan.state, plan.activated_on = step("activate", plan.state), on
    uow.publish(PlanActivated(plan_id=plan.id, case_id=plan.case_id, on=on))
    uow.record("plan.activated", subject=plan.id)
