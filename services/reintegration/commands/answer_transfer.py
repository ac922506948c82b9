"""The receiver says whether it takes a plan over; until the receipt the giver stays responsible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.commands.suspend_organisation import require_taking_part
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.plan_transfer import TransferState, step
from services.reintegration.persistence.cases import scope_of
from services.reintegration.persistence.course_tables import PartnerTransferRow, PlanTransferRow
from services.reintegration.persistence.transfers import (
    find_partner_transfer,
    find_transfer,
    is_receiver,
    transfers_in,
)
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

Outcome = Literal["accepted", "declined"]
STEPS = {"accepted": "accept", "declined": "decline"}


@dataclass(frozen=True, kw_only=True)
class AnswerTransfer:
    """The receiver's answer to one offer."""

    transfer_id: UUID
    outcome: Outcome = "accepted"
    on: date | None = None


async def handle(command: AnswerTransfer, *, uow: UnitOfWork) -> PlanTransferRow:
    """Record it; raises NotFound for anybody but the receiver, TransitionRefused, OrganisationSuspended."""
    on = day_of_fact(command.on, uow.now)
    row = await find_transfer(uow, command.transfer_id, lock=True)
    if not is_receiver(uow.actor, row):
        raise NotFound
    uow.match(row.version)
    if command.outcome == "accepted":
        await require_taking_part(uow, row.to_partner_id)
    await _answer(row, command.outcome, on=on, uow=uow)
    return row


async def accept_all(partner_transfer_id: UUID, *, on: date | None, uow: UnitOfWork) -> PartnerTransferRow:
    """Accept every offer of a bulk transfer that is still open; a second call changes nothing. Raises NotFound for
    anybody but the receiver, OrganisationSuspended."""
    day = day_of_fact(on, uow.now)
    whole = await find_partner_transfer(uow, partner_transfer_id, lock=True)
    if not is_receiver(uow.actor, whole):
        raise NotFound
    uow.match(whole.version)
    await require_taking_part(uow, whole.to_partner_id)
    for seen in await transfers_in(uow, whole.id, [TransferState.OFFERED]):
        row = await find_transfer(uow, seen.id, lock=True)
        if row.state == TransferState.OFFERED:
            await _answer(row, "accepted", on=day, uow=uow)
    touch(whole, now=uow.now)
    return whole


async def _answer(row: PlanTransferRow, outcome: Outcome, *, on: date, uow: UnitOfWork) -> None:
    row.state = step(STEPS[outcome], row.state)
    row.answered_by, row.answered_on = uow.actor.subject, on
    touch(row, now=uow.now)
    kind = f"plan-transfer.{outcome}"
    uow.record(kind, subject=row.id, plan_id=str(row.plan_id))
    uow.notify(kind, role="reintegration_partner", scope=str(row.from_partner_id), subject=row.id)
    scope = await scope_of(uow, row.case_id)
    if scope is not None and scope.office_id is not None:
        uow.notify(kind, role="caseworker", scope=scope.office_id, subject=row.id)
