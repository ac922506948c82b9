"""The giver hands a plan over with a receipt: from then on the receiver accompanies the family.

Where the giver does not answer any more, the office or the programme gives the receipt in its place, and that shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.move_plan import ask_for_consent, move
from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan_transfer import TransferState, missing_to_hand_over, step
from services.reintegration.persistence.course_tables import PartnerTransferRow, PlanTransferRow
from services.reintegration.persistence.plans import count_open_measures
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.persistence.transfers import (
    find_partner_transfer,
    find_transfer,
    is_giver,
    is_office,
    is_receiver,
    lock_transferred_plan,
    transfers_in,
)
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, NotFound


@dataclass(frozen=True, kw_only=True)
class HandOverPlan:
    """The receipt of one transfer: the number of the signed hand-over protocol."""

    transfer_id: UUID
    evidence_ref: str
    on: date | None = None


async def handle(command: HandOverPlan, *, uow: UnitOfWork) -> PlanTransferRow:
    """Hand it over; raises NotFound for the receiver, TransitionRefused, OrganisationSuspended."""
    on = day_of_fact(command.on, uow.now)
    seen = await find_transfer(uow, command.transfer_id)
    if not (is_giver(uow.actor, seen) or await is_office(uow, seen)):
        raise NotFound
    plan = await lock_transferred_plan(uow, seen.plan_id)
    row = await find_transfer(uow, command.transfer_id, lock=True)
    uow.match(row.version)
    await require_taking_part(uow, row.to_partner_id)
    await _hand_over(row, plan, command.evidence_ref, on=on, missing=_missing(row, plan), uow=uow)
    return row


async def hand_over_all(
    partner_transfer_id: UUID, *, evidence_ref: str, on: date | None, uow: UnitOfWork
) -> PartnerTransferRow:
    """Every accepted plan of a bulk transfer; one that cannot move any more stays and says why. A second call changes
    nothing. Raises NotFound for the receiver, OrganisationSuspended."""
    day = day_of_fact(on, uow.now)
    whole = await find_partner_transfer(uow, partner_transfer_id, lock=True)
    if is_receiver(uow.actor, whole):
        raise NotFound
    uow.match(whole.version)
    await require_taking_part(uow, whole.to_partner_id)
    for seen in await transfers_in(uow, whole.id, [TransferState.ACCEPTED]):
        plan = await lock_transferred_plan(uow, seen.plan_id)
        row = await find_transfer(uow, seen.id, lock=True)
        missing = _missing(row, plan)
        if row.state == TransferState.ACCEPTED and not missing:
            await _hand_over(row, plan, evidence_ref, on=day, missing=missing, uow=uow)
        elif missing:
            row.obstacle = missing[0].code
    touch(whole, now=uow.now)
    return whole


def _missing(row: PlanTransferRow, plan: PlanRow) -> list[Missing]:
    still_there = plan.partner_id == row.from_partner_id
    return missing_to_hand_over(plan_state=plan.state, still_with_giver=still_there)


async def _hand_over(
    row: PlanTransferRow, plan: PlanRow, evidence_ref: str, *, on: date, missing: list[Missing], uow: UnitOfWork
) -> None:
    row.state = step("hand-over", row.state, missing)
    row.receipt_by, row.receipt_by_office = uow.actor.subject, not is_giver(uow.actor, row)
    row.receipt_evidence_ref, row.completed_on = evidence_ref, on
    row.open_measures = await count_open_measures(uow, plan.id)
    touch(row, now=uow.now)
    await move(plan, row.to_partner_id, on=on, uow=uow)
    await ask_for_consent(plan, row.to_partner_id, uow=uow)
    uow.record("plan-transfer.completed", subject=row.id, plan_id=str(plan.id))
