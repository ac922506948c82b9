"""People arrived: the clock of the plan starts, and an approved plan becomes active."""

from __future__ import annotations

from datetime import timedelta

from services.reintegration.commands import watch_first_contacts
from services.reintegration.commands.activate_plan import activate_if_due
from services.reintegration.commands.amend_plan import amend, keep_persons
from services.reintegration.contracts.consumed import CaseTravelSeen
from services.reintegration.persistence.cases import set_case
from services.reintegration.persistence.plans import plan_of
from services.reintegration.persistence.reference_data import plan_due_days
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record it, with or without a plan; the plan takes it over when it is opened later."""
    await set_case(uow, seen.case_id, arrived_on=seen.on)
    joined = await keep_persons(uow, seen.case_id, seen.persons)
    plan = await plan_of(uow, seen.case_id, lock=True)
    if plan is not None:
        amend(plan, by=joined, on=seen.on, uow=uow)
    if plan is None or plan.arrived_on is not None:
        return
    plan.arrived_on = seen.on
    plan.due_on = seen.on + timedelta(days=plan_due_days())
    await watch_first_contacts.start_with_arrival(plan, seen.on, uow=uow)
    activate_if_due(plan, uow=uow)
    touch(plan, now=uow.now)
    if plan.partner_id:
        scope = str(plan.partner_id)
        uow.notify("beneficiaries.arrived", role="reintegration_partner", scope=scope, subject=plan.id)
