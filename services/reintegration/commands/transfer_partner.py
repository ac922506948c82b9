"""A partner's contract ends: all its plans of a programme are offered to another one; what cannot move is listed.

Asking again is safe: what is under way or done stays as it is, plans that came later are added, and what could not move
is looked at anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.reintegration.commands.assign_plan import PartnerNotKnownYet
from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.commands.transfer_plan import NoOtherPartner, offer, prepared
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan_transfer import OPEN, Reason, TransferState, obstacle_of, step
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import find_partner
from services.reintegration.persistence.course_tables import PartnerTransferRow, PlanTransferRow
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.persistence.tables import PartnerRow
from services.reintegration.persistence.transfers import facts_of, lock_plans_to_move, transfers_in
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.ids import new_id


@dataclass(frozen=True, kw_only=True)
class TransferPartner:
    """From whom to whom the plans of a programme go."""

    programme_id: UUID
    from_partner_id: UUID
    to_partner_id: UUID
    reason_code: Reason = "contract_ended"
    on: date | None = None


async def handle(command: TransferPartner, *, uow: UnitOfWork) -> PartnerTransferRow:
    """Offer all of them; raises NotFound for a programme of somebody else, NoOtherPartner, PartnerNotKnownYet,
    OrganisationSuspended."""
    on = day_of_fact(command.on, uow.now)
    if str(command.programme_id) not in uow.actor.programmes:
        raise NotFound
    if command.from_partner_id == command.to_partner_id:
        raise NoOtherPartner
    receiver = await find_partner(uow, command.to_partner_id)
    if receiver is None:
        raise PartnerNotKnownYet
    await require_taking_part(uow, receiver.partner_id)
    whole = await _whole(command, on=on, uow=uow)
    known = {row.plan_id: row for row in await transfers_in(uow, whole.id)}
    for plan in await lock_plans_to_move(uow, command.programme_id, command.from_partner_id):
        await _one(whole, plan, receiver, known.get(plan.id), on=on, uow=uow)
    return whole


async def _whole(command: TransferPartner, *, on: date, uow: UnitOfWork) -> PartnerTransferRow:
    """The one bulk transfer between the two in this programme, locked."""
    where = (
        col(PartnerTransferRow.programme_id) == command.programme_id,
        col(PartnerTransferRow.from_partner_id) == command.from_partner_id,
        col(PartnerTransferRow.to_partner_id) == command.to_partner_id,
    )
    values = {name: value for name, value in command.__dict__.items() if name != "on"}
    more = {"id": new_id(), "version": 0, "requested_by": uow.actor.subject, "requested_on": on}
    made = insert(PartnerTransferRow).values(**values, **more, created_at=uow.now, updated_at=uow.now)
    await uow.session.execute(made.on_conflict_do_nothing())
    row = await fresh.one(uow, select(PartnerTransferRow).where(*where).with_for_update(key_share=True))
    if row is None:
        raise NotFound
    touch(row, now=uow.now)
    uow.record("partner-transfer.offered", subject=row.id, partner_id=str(command.from_partner_id))
    return row


async def _one(
    whole: PartnerTransferRow,
    plan: PlanRow,
    receiver: PartnerRow,
    known: PlanTransferRow | None,
    *,
    on: date,
    uow: UnitOfWork,
) -> None:
    if known is not None and (known.state in OPEN or known.state == TransferState.DECLINED):
        return
    row = known if known is not None and known.state == TransferState.NOT_POSSIBLE else None
    if row is None:
        row = await prepared(plan, receiver.partner_id, reason_code=whole.reason_code, on=on, uow=uow)
        row.partner_transfer_id = whole.id
    obstacle = obstacle_of(await facts_of(uow, plan, receiver))
    if obstacle is None:
        await offer(row, plan, uow=uow)
        return
    row.state, row.obstacle = step("set-aside", row.state), obstacle
    uow.session.add(row)
