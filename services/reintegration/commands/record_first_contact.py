"""The partner met the family for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
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
    """Record it once; a later call keeps the first day."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, is_partner_of)
    if plan.first_contact_on is None:
        plan.first_contact_on = on
        touch(plan, now=uow.now)
        uow.record("plan.first-contact", subject=plan.id)
    return plan
