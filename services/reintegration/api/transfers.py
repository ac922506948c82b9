"""Moving one plan to another partner: offered, accepted by the receiver, handed over with a receipt."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated, EvidenceRef
from services.reintegration.commands import answer_transfer, cancel_transfer, hand_over_plan, transfer_plan
from services.reintegration.commands.assign_plan import PartnerElsewhere, PartnerNotKnownYet
from services.reintegration.commands.suspend_organisation import OrganisationSuspended
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.plan_transfer import Obstacle, Reason, TransferState
from services.reintegration.persistence.consents import shared_with
from services.reintegration.persistence.course_tables import PlanTransferRow
from services.reintegration.persistence.transfers import find_transfer, is_office
from services.reintegration.queries import transfers as queries
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["transfers"])
Assigner = Annotated[Call, caller("caseworker", "programme_manager")]
Partner = Annotated[Call, caller("reintegration_partner")]
Concerned = Annotated[Call, caller("reintegration_partner", "caseworker", "programme_manager")]
Pages = Annotated[PageRequest, Depends(page_request)]
REFUSALS = problems(
    NotFound, TransitionRefused, PreconditionFailed, PreconditionRequired, DateInFuture, OrganisationSuspended
)


class TransferIn(Dated):
    """To whom, and why; the reason stays here and is told to the two partners only."""

    to_partner_id: UUID
    reason_code: Reason = Field(examples=["moved"])


class AnswerIn(Dated):
    """The receiver's answer."""

    outcome: Literal["accepted", "declined"] = "accepted"


class ReceiptIn(Dated):
    """The signed hand-over protocol."""

    evidence_ref: EvidenceRef


class TransferOut(BaseModel):
    """A transfer of one plan; before the receipt the receiver sees counts, never persons."""

    id: UUID
    plan_id: UUID
    partner_transfer_id: UUID | None = Field(description="The bulk transfer it belongs to.")
    from_partner_id: UUID
    to_partner_id: UUID
    state: TransferState
    reason_code: Reason
    obstacle: Obstacle | None = Field(description="Why the plan does not move, or did not at the last attempt.")
    persons_count: int
    open_measures: int = Field(description="At the offer; once completed, as handed over.")
    offered_on: date
    answered_on: date | None
    completed_on: date | None
    receipt_evidence_ref: str | None
    receipt_by_office: bool = Field(description="The giver did not answer; the office gave the receipt in its place.")
    consent_live: bool | None = Field(
        default=None,
        description="For the office, on one transfer: whether a live consent names the receiver. Without one the "
        "receiver is shown nobody, even after the receipt.",
    )
    version: int


def show(_uow: UnitOfWork, row: PlanTransferRow) -> TransferOut:
    """A transfer as shown in a list."""
    return TransferOut.model_validate(row.model_dump(include=set(TransferOut.model_fields)))


async def show_one(uow: UnitOfWork, row: PlanTransferRow) -> TransferOut:
    """One transfer; the office also sees whether the family has to be asked for its consent."""
    office = await is_office(uow, row)
    live = bool(await shared_with(uow, row.case_id, row.to_partner_id)) if office else None
    return show(uow, row).model_copy(update={"consent_live": live})


@router.post(
    "/plans/{plan_id}/transfers",
    operation_id="transferPlan",
    summary="Offer a plan to another partner",
    response_model=TransferOut,
    status_code=201,
    responses={
        **REFUSALS,
        **problems(PartnerNotKnownYet, PartnerElsewhere, transfer_plan.NoOtherPartner, transfer_plan.TransferOpen),
    },
)
async def offer(call: Assigner, plan_id: UUID, body: TransferIn) -> Any:
    """The partner it is with stays responsible until the receipt; `If-Match` names the version of the plan."""
    command = transfer_plan.TransferPlan(plan_id=plan_id, **body.model_dump())
    return await call.command(
        lambda uow: transfer_plan.handle(command, uow=uow),
        show_one,
        status=201,
        reload=find_transfer,
        location="/reintegration/v1/plan-transfers/{id}",
        match="required",
    )


@router.get("/plan-transfers", operation_id="listPlanTransfers", summary="Transfers that concern you")
async def listing(
    call: Concerned,
    page: Pages,
    plan_id: Annotated[UUID | None, Query()] = None,
    partner_transfer_id: Annotated[UUID | None, Query(description="Of one bulk transfer.")] = None,
    state: Annotated[TransferState | None, Query(description="NOT_POSSIBLE lists what cannot move, and why.")] = None,
) -> Page[TransferOut]:
    """As giver, as receiver, or of your office and programmes; oldest first."""
    wanted = {"plan_id": plan_id, "partner_transfer_id": partner_transfer_id}
    async with call.reading() as uow:
        rows, cursor = await queries.list_transfers(uow, page, **wanted, state=state)
        return Page(items=[show(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/plan-transfers/{transfer_id}",
    operation_id="getPlanTransfer",
    summary="One transfer",
    response_model=TransferOut,
    responses=problems(NotFound),
)
async def one(call: Concerned, transfer_id: UUID) -> Any:
    """With its version as ETag."""
    return await call.command(lambda uow: find_transfer(uow, transfer_id), show_one, match="none")


@router.post(
    "/plan-transfers/{transfer_id}/acceptance",
    operation_id="answerPlanTransfer",
    summary="The receiver's answer",
    response_model=TransferOut,
    responses=REFUSALS,
)
async def answer(call: Partner, transfer_id: UUID, body: AnswerIn) -> Any:
    """The giver stays responsible until it has given its receipt."""
    command = answer_transfer.AnswerTransfer(transfer_id=transfer_id, **body.model_dump())
    return await call.command(
        lambda uow: answer_transfer.handle(command, uow=uow), show_one, reload=find_transfer, match="required"
    )


@router.post(
    "/plan-transfers/{transfer_id}/receipt",
    operation_id="handOverPlan",
    summary="The giver's receipt",
    response_model=TransferOut,
    responses=REFUSALS,
)
async def receipt(call: Concerned, transfer_id: UUID, body: ReceiptIn) -> Any:
    """From now on the receiver accompanies the family. The office may give it for a partner that no longer answers."""
    command = hand_over_plan.HandOverPlan(transfer_id=transfer_id, **body.model_dump())
    return await call.command(
        lambda uow: hand_over_plan.handle(command, uow=uow), show_one, reload=find_transfer, match="required"
    )


@router.post(
    "/plan-transfers/{transfer_id}/cancellation",
    operation_id="cancelPlanTransfer",
    summary="It will not take place",
    response_model=TransferOut,
    responses=REFUSALS,
)
async def cancel(call: Assigner, transfer_id: UUID, _body: Body) -> Any:
    """The plan stays where it is."""
    return await call.command(
        lambda uow: cancel_transfer.handle(transfer_id, uow=uow), show_one, reload=find_transfer, match="required"
    )
