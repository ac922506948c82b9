"""Offer a plan to another partner, because the family moved, the partner's contract ended, or they wish so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.assign_plan import PartnerElsewhere, PartnerNotKnownYet
from services.reintegration.commands.move_plan import ask_for_consent
from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan import step as plan_step
from services.reintegration.domain.plan_transfer import Reason, TransferState, obstacle_of, step
from services.reintegration.persistence.cases import find_partner
from services.reintegration.persistence.course_tables import PlanTransferRow
from services.reintegration.persistence.plans import count_open_measures, lock_plan
from services.reintegration.persistence.policies import may_assign
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.persistence.transfers import facts_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class NoOtherPartner(Conflict):
    """A transfer is from one partner to another."""

    slug = "no-other-partner"
    title = "The plan has no partner yet, or is with this one already"


class TransferOpen(Conflict):
    """One transfer at a time."""

    slug = "transfer-open"
    title = "The plan is in a transfer already; cancel that one first"


@dataclass(frozen=True, kw_only=True)
class TransferPlan:
    """Which plan goes to which partner, and why."""

    plan_id: UUID
    to_partner_id: UUID
    reason_code: Reason
    on: date | None = None


async def handle(command: TransferPlan, *, uow: UnitOfWork) -> PlanTransferRow:
    """Offer it; raises NotFound, TransitionRefused, PartnerNotKnownYet, PartnerElsewhere, NoOtherPartner, TransferOpen,
    OrganisationSuspended."""
    on = day_of_fact(command.on, uow.now)
    plan = await lock_plan(uow, command.plan_id, may_assign)
    plan_step("transfer", plan.state)
    if plan.partner_id in (None, command.to_partner_id):
        raise NoOtherPartner
    receiver = await find_partner(uow, command.to_partner_id)
    if receiver is None:
        raise PartnerNotKnownYet
    await require_taking_part(uow, receiver.partner_id)
    obstacle = obstacle_of(await facts_of(uow, plan, receiver))
    if obstacle is not None:
        raise TransferOpen if obstacle == "transfer-open" else PartnerElsewhere
    row = await prepared(plan, command.to_partner_id, reason_code=command.reason_code, on=on, uow=uow)
    await offer(row, plan, uow=uow)
    return row


async def prepared(
    plan: PlanRow, to_partner_id: UUID, *, reason_code: str, on: date, uow: UnitOfWork
) -> PlanTransferRow:
    """A transfer of a locked plan, not offered yet, with what the receiver sees before it accepts: counts only."""
    if plan.partner_id is None:
        raise NoOtherPartner
    row = PlanTransferRow(
        plan_id=plan.id,
        case_id=plan.case_id,
        from_partner_id=plan.partner_id,
        to_partner_id=to_partner_id,
        state=TransferState.ASKED.value,
        reason_code=reason_code,
        persons_count=plan.persons_count,
        open_measures=await count_open_measures(uow, plan.id),
        offered_by=uow.actor.subject,
        offered_on=on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    return row


async def offer(row: PlanTransferRow, plan: PlanRow, *, uow: UnitOfWork) -> None:
    """Ask the receiver, tell the giver; the office learns when the family has to be asked for its consent."""
    row.state, row.obstacle = step("offer", row.state), None
    uow.session.add(row)
    await uow.session.flush()
    uow.notify("plan-transfer.offered", role="reintegration_partner", scope=str(row.to_partner_id), subject=row.id)
    uow.notify("plan-transfer.begun", role="reintegration_partner", scope=str(row.from_partner_id), subject=row.id)
    await ask_for_consent(plan, row.to_partner_id, uow=uow)
    uow.record("plan-transfer.offered", subject=row.id, plan_id=str(plan.id))
