"""A partner's contract ends: all its plans of a programme go to another one, with receipts and a progress to follow."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.reintegration.api.models import Dated
from services.reintegration.api.transfers import REFUSALS, Partner, ReceiptIn
from services.reintegration.commands import answer_transfer, hand_over_plan, transfer_partner, transfer_plan
from services.reintegration.commands.assign_plan import PartnerNotKnownYet
from services.reintegration.domain.plan_transfer import Reason, TransferState
from services.reintegration.persistence.course_tables import PartnerTransferRow
from services.reintegration.persistence.transfers import find_partner_transfer, progress_of
from services.reintegration.queries import transfers as queries
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/partner-transfers", tags=["transfers"])
Manager = Annotated[Call, caller("programme_manager")]
Concerned = Annotated[Call, caller("programme_manager", "reintegration_partner")]


class PartnerTransferIn(Dated):
    """From whom to whom, in which programme."""

    programme_id: UUID
    from_partner_id: UUID
    to_partner_id: UUID
    reason_code: Reason = "contract_ended"


class PartnerTransferOut(BaseModel):
    """A bulk transfer and how far it has come."""

    id: UUID
    programme_id: UUID
    from_partner_id: UUID
    to_partner_id: UUID
    reason_code: Reason
    requested_on: date
    progress: dict[TransferState, int] = Field(
        description="Plans by state; `GET /plan-transfers` with state NOT_POSSIBLE says why some do not move."
    )
    finished: bool = Field(description="Nothing is offered or accepted any more without a receipt.")
    version: int


async def show(uow: UnitOfWork, row: PartnerTransferRow) -> PartnerTransferOut:
    """A bulk transfer with its progress."""
    progress = await progress_of(uow, row.id)
    fields = row.model_dump(include=set(PartnerTransferOut.model_fields))
    waiting = progress[TransferState.OFFERED] + progress[TransferState.ACCEPTED]
    return PartnerTransferOut.model_validate({**fields, "progress": progress, "finished": waiting == 0})


@router.post(
    "",
    operation_id="transferPartner",
    summary="Offer all plans of a partner to another one",
    response_model=PartnerTransferOut,
    status_code=201,
    responses={**REFUSALS, **problems(PartnerNotKnownYet, transfer_plan.NoOtherPartner)},
)
async def begin(call: Manager, body: PartnerTransferIn) -> Any:
    """Asking again adds plans that came later and looks anew at those that could not move; nothing is offered twice."""
    command = transfer_partner.TransferPartner(**body.model_dump())
    return await call.command(
        lambda uow: transfer_partner.handle(command, uow=uow),
        show,
        status=201,
        reload=find_partner_transfer,
        location="/reintegration/v1/partner-transfers/{id}",
        match="none",
    )


@router.get("", operation_id="listPartnerTransfers", summary="Bulk transfers that concern you")
async def listing(call: Concerned, page: Annotated[PageRequest, Depends(page_request)]) -> Page[PartnerTransferOut]:
    """Of your programmes, or of your organisation; oldest first."""
    async with call.reading() as uow:
        rows, cursor = await queries.list_partner_transfers(uow, page)
        return Page(items=[await show(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/{transfer_id}",
    operation_id="getPartnerTransfer",
    summary="How far a bulk transfer has come",
    response_model=PartnerTransferOut,
    responses=problems(NotFound),
)
async def one(call: Concerned, transfer_id: UUID) -> Any:
    """With its version as ETag."""
    return await call.command(lambda uow: find_partner_transfer(uow, transfer_id), show, match="none")


@router.post(
    "/{transfer_id}/acceptance",
    operation_id="acceptPartnerTransfer",
    summary="Accept every open offer",
    response_model=PartnerTransferOut,
    responses=REFUSALS,
)
async def accept(call: Partner, transfer_id: UUID, body: Dated) -> Any:
    """By the receiver; single plans are declined beforehand, one by one."""
    return await call.command(
        lambda uow: answer_transfer.accept_all(transfer_id, on=body.on, uow=uow),
        show,
        reload=find_partner_transfer,
        match="required",
    )


@router.post(
    "/{transfer_id}/receipt",
    operation_id="handOverPartner",
    summary="One receipt for every accepted plan",
    response_model=PartnerTransferOut,
    responses=REFUSALS,
)
async def receipt(call: Concerned, transfer_id: UUID, body: ReceiptIn) -> Any:
    """By the giver, or by the programme in its place. What cannot move any more stays, with its obstacle."""
    evidence, on = body.evidence_ref, body.on
    return await call.command(
        lambda uow: hand_over_plan.hand_over_all(transfer_id, evidence_ref=evidence, on=on, uow=uow),
        show,
        reload=find_partner_transfer,
        match="required",
    )
