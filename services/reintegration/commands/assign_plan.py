"""Assign the partner who will support the family where they arrive; afterwards a plan moves by a transfer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.move_plan import move
from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import step
from services.reintegration.persistence.cases import find_case, find_partner
from services.reintegration.persistence.plans import lock_plan
from services.reintegration.persistence.policies import may_assign
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotKnownYet


class PartnerNotKnownYet(NotKnownYet):
    """Registry has not told of this partner."""

    slug = "partner-not-known-yet"
    title = "This partner is not known here yet"


class PartnerElsewhere(Conflict):
    """The partner does not work where the family goes."""

    slug = "partner-works-elsewhere"
    title = "This partner does not work in the country of destination"


class TransferNeeded(Conflict):
    """Once the family has arrived, a partner hands over to the next one, with a receipt."""

    slug = "transfer-needed"
    title = "They have arrived: the plan goes to another partner by a transfer"


@dataclass(frozen=True, kw_only=True)
class AssignPlan:
    """Give this plan to this partner."""

    plan_id: UUID
    partner_id: UUID
    on: date | None = None


async def handle(command: AssignPlan, *, uow: UnitOfWork) -> PlanRow:
    """Assign it; until the arrival a later assignment replaces the earlier one. Raises NotFound, TransitionRefused,
    PartnerNotKnownYet, PartnerElsewhere, OrganisationSuspended, TransferNeeded."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, may_assign)
    step("assign", plan.state)
    partner = await find_partner(uow, command.partner_id)
    if partner is None:
        raise PartnerNotKnownYet
    case = await find_case(uow, plan.case_id)
    if case is not None and partner.countries and case.destination not in partner.countries:
        raise PartnerElsewhere
    await require_taking_part(uow, partner.partner_id)
    if plan.partner_id not in (None, partner.partner_id) and plan.arrived_on is not None:
        raise TransferNeeded
    await move(plan, partner.partner_id, on=on, uow=uow)
    return plan
