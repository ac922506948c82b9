"""The partner met the family for the first time; a plan that rested goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import watch_first_contacts
from services.reintegration.commands.revive_plan import revive
from services.reintegration.contracts.published_plan_courses import PlanFirstContact
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import is_partner_of
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordFirstContact:
    """The first meeting of this plan."""

    plan_id: UUID
    on: date | None = None


async def handle(command: RecordFirstContact, *, uow: UnitOfWork) -> PlanRow:
    """Record it once; a later call keeps the first day. Raises NotFound, TransitionRefused when the plan rests and its
    window is over."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, is_partner_of)
    if plan.first_contact_on is None:
        if plan.state == PlanState.DORMANT:
            await revive(plan, on=on, uow=uow)
        plan.first_contact_on = on
        watch_first_contacts.stop(plan)
        touch(plan, now=uow.now)
        uow.publish(PlanFirstContact(plan_id=plan.id, case_id=plan.case_id, on=on))
        uow.record("plan.first-contact", subject=plan.id)
    return plan
