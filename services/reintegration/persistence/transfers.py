"""Transfers of plans, and who may see them: the giver, the receiver, the office and the programme."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.reintegration.domain.plan import UNFINISHED
from services.reintegration.domain.plan_transfer import OPEN, TransferFacts, TransferState
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import find_case, scope_of
from services.reintegration.persistence.course_tables import PartnerTransferRow, PlanTransferRow
from services.reintegration.persistence.policies import may_assign, same
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.persistence.tables import CaseFileRow, PartnerRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


def is_receiver(actor: Principal, row: PlanTransferRow | PartnerTransferRow) -> bool:
    """The actor's organisation is to take over."""
    return actor.has("reintegration_partner") and same(actor.partner_id, row.to_partner_id)


def is_giver(actor: Principal, row: PlanTransferRow | PartnerTransferRow) -> bool:
    """The actor's organisation hands over."""
    return actor.has("reintegration_partner") and same(actor.partner_id, row.from_partner_id)


async def is_office(uow: UnitOfWork, row: PlanTransferRow) -> bool:
    """The actor is of those who choose the partner of the plan."""
    scope = await scope_of(uow, row.case_id)
    return scope is not None and may_assign(uow.actor, scope)


async def find_transfer(uow: UnitOfWork, transfer_id: UUID, *, lock: bool = False) -> PlanTransferRow:
    """A transfer that concerns the actor; raises NotFound."""
    statement = select(PlanTransferRow).where(col(PlanTransferRow.id) == transfer_id)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None or not (is_receiver(uow.actor, row) or is_giver(uow.actor, row) or await is_office(uow, row)):
        raise NotFound
    return row


async def lock_transferred_plan(uow: UnitOfWork, plan_id: UUID) -> PlanRow:
    """The plan of a transfer, whose scope was checked before; plans are locked before their transfers."""
    row = await fresh.one(uow, select(PlanRow).where(col(PlanRow.id) == plan_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound
    return row


async def open_transfer_of(uow: UnitOfWork, plan_id: UUID) -> PlanTransferRow | None:
    """The transfer a plan is in."""
    where = (col(PlanTransferRow.plan_id) == plan_id, col(PlanTransferRow.state).in_(OPEN))
    return await fresh.one(uow, select(PlanTransferRow).where(*where))


async def facts_of(uow: UnitOfWork, plan: PlanRow, receiver: PartnerRow) -> TransferFacts:
    """What a transfer of a plan to this receiver is judged by."""
    case = await find_case(uow, plan.case_id)
    return TransferFacts(
        plan_state=plan.state,
        destination=case.destination if case else None,
        receiver_countries=tuple(receiver.countries),
        transfer_open=await open_transfer_of(uow, plan.id) is not None,
    )


async def lock_plans_to_move(uow: UnitOfWork, programme_id: UUID, from_partner_id: UUID) -> list[PlanRow]:
    """The unfinished plans of a programme with a partner, locked in the order of their ids."""
    of_programme = select(col(CaseFileRow.case_id)).where(col(CaseFileRow.programme_id) == programme_id)
    where = (
        col(PlanRow.partner_id) == from_partner_id,
        col(PlanRow.state).in_(UNFINISHED),
        col(PlanRow.case_id).in_(of_programme),
    )
    statement = select(PlanRow).where(*where).order_by(col(PlanRow.id)).with_for_update(key_share=True)
    return list(await fresh.every(uow, statement))


async def find_partner_transfer(uow: UnitOfWork, transfer_id: UUID, *, lock: bool = False) -> PartnerTransferRow:
    """A bulk transfer that concerns the actor; raises NotFound."""
    statement = select(PartnerTransferRow).where(col(PartnerTransferRow.id) == transfer_id)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    manages = uow.actor.has("programme_manager") and str(row.programme_id) in uow.actor.programmes
    if not (manages or is_receiver(uow.actor, row) or is_giver(uow.actor, row)):
        raise NotFound
    return row


async def transfers_in(
    uow: UnitOfWork, partner_transfer_id: UUID, states: Collection[str] | None = None
) -> list[PlanTransferRow]:
    """The transfers of a bulk transfer in these states (none given: all), in the order in which plans are locked."""
    statement = select(PlanTransferRow).where(col(PlanTransferRow.partner_transfer_id) == partner_transfer_id)
    if states is not None:
        statement = statement.where(col(PlanTransferRow.state).in_(states))
    return list(await fresh.every(uow, statement.order_by(col(PlanTransferRow.plan_id), col(PlanTransferRow.id))))


async def progress_of(uow: UnitOfWork, partner_transfer_id: UUID) -> Mapping[str, int]:
    """How many plans of a bulk transfer stand where."""
    await uow.session.flush()
    state = col(PlanTransferRow.state)
    where = col(PlanTransferRow.partner_transfer_id) == partner_transfer_id
    found = await uow.session.execute(select(state, func.count()).where(where).group_by(state))
    counted = {name: count for name, count in found.all()}
    return {each.value: counted.get(each.value, 0) for each in TransferState if each is not TransferState.ASKED}
