"""Payments: requested, certified, authorised, instructed, settled; each of the first three by somebody
else.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.reintegration.api.models import Dated
from services.reintegration.api.payment_schemas import (
    FailureIn,
    PaymentIn,
    PaymentOut,
    ReversalIn,
    SettlementIn,
    reload,
    show,
)
from services.reintegration.commands import (
    authorise_payment,
    certify_payment,
    fail_payment,
    instruct_payment,
    request_payment,
    reverse_payment,
    settle_payment,
)
from services.reintegration.domain.assistance_line import LineExceeded
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.payment import PaymentState
from services.reintegration.persistence.payments import AmountDiffers, PayeeNotKnown, open_payee
from services.reintegration.queries import payments as queries
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/payments", tags=["payments"])
Requester = Annotated[Call, caller("caseworker", "reintegration_partner", "provider")]
Officer = Annotated[Call, caller("finance_officer")]
Authoriser = Annotated[Call, caller("finance_officer", "programme_manager")]
Reader = Annotated[
    Call, caller("finance_officer", "programme_manager", "caseworker", "reintegration_partner", "provider")
]
Pages = Annotated[PageRequest, Depends(page_request)]
REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed, DateInFuture, PreconditionRequired)


@router.post(
    "",
    operation_id="requestPayment",
    summary="Request a payment",
    response_model=PaymentOut,
    status_code=201,
    responses=problems(
        NotFound,
        TransitionRefused,
        LineExceeded,
        PayeeNotKnown,
        DateInFuture,
        request_payment.CurrencyDiffers,
        request_payment.MeasureNotOfLine,
        request_payment.PayeeChangeNeedsApproval,
    ),
)
async def request(call: Requester, body: PaymentIn) -> Any:
    """From one assistance line, never more than remains of it, and only when its phase is open."""
    payee = body.payee.model_dump(exclude_none=True) if body.payee else None
    values = {**body.model_dump(), "amount": body.amount, "payee": payee}
    command = request_payment.RequestPayment(**values)
    return await call.command(
        lambda uow: request_payment.handle(command, uow=uow),
        show,
        status=201,
        reload=reload,
        location="/reintegration/v1/payments/{id}",
        match="none",
    )


@router.get("", operation_id="listPayments", summary="Payments in your scope")
async def listing(
    call: Reader,
    page: Pages,
    case_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[PaymentState | None, Query()] = None,
    came_back: Annotated[bool, Query(description="Only those that came back and wait for another attempt.")] = False,
) -> Page[PaymentOut]:
    """Oldest first."""
    async with call.reading() as uow:
        rows, cursor = await queries.list_payments(uow, page, case_id=case_id, state=state, came_back=came_back)
        return Page(items=[show(uow, row) for row in rows], next_cursor=cursor)


@router.get("/{payment_id}", operation_id="getPayment", summary="One payment", responses=problems(NotFound))
async def get(call: Reader, payment_id: UUID, response: Response) -> PaymentOut:
    """Finance officers also see the payee; that is audited."""
    async with call.reading() as uow:
        row = await queries.get_payment(uow, payment_id)
        call.etag(response, row.version)
        payee = await open_payee(uow, row) if call.acting_role == "finance_officer" else None
        return show(uow, row).model_copy(update={"payee": payee})


@router.post(
    "/{payment_id}/certification",
    operation_id="certifyPayment",
    summary="Certify: it is due and correct",
    response_model=PaymentOut,
    responses=REFUSALS,
)
async def certify(call: Officer, payment_id: UUID, body: Dated) -> Any:
    """By a finance officer who did not request it."""
    command = certify_payment.CertifyPayment(payment_id=payment_id, on=body.on)
    return await call.command(
        lambda uow: certify_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/{payment_id}/authorisation",
    operation_id="authorisePayment",
    summary="Authorise: pay it",
    response_model=PaymentOut,
    responses=REFUSALS,
)
async def authorise(call: Authoriser, payment_id: UUID, body: Dated) -> Any:
    """By a third person, who neither requested nor certified it."""
    command = authorise_payment.AuthorisePayment(payment_id=payment_id, on=body.on)
    return await call.command(
        lambda uow: authorise_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/{payment_id}/instruction",
    operation_id="instructPayment",
    summary="Hand over to whoever pays out",
    response_model=PaymentOut,
    responses=REFUSALS,
)
async def instruct(call: Officer, payment_id: UUID, body: Dated) -> Any:
    """The bank, the airport desk or the partner has been told to pay."""
    command = instruct_payment.InstructPayment(payment_id=payment_id, on=body.on)
    return await call.command(
        lambda uow: instruct_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/{payment_id}/settlement",
    operation_id="settlePayment",
    summary="It was paid",
    response_model=PaymentOut,
    responses={**REFUSALS, **problems(AmountDiffers)},
)
async def settle(call: Officer, payment_id: UUID, body: SettlementIn) -> Any:
    """The money reached its payee on that day; with `amount`, only if that is what was instructed."""
    command = settle_payment.SettlePayment(payment_id=payment_id, on=body.on, amount=body.amount)
    return await call.command(
        lambda uow: settle_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/{payment_id}/failure",
    operation_id="failPayment",
    summary="It will not be paid",
    response_model=PaymentOut,
    responses=REFUSALS,
)
async def fail(call: Authoriser, payment_id: UUID, body: FailureIn) -> Any:
    """Refused by finance or sent back by the bank; the line is free for a new request, or it is tried again."""
    command = fail_payment.FailPayment(payment_id=payment_id, **body.model_dump())
    return await call.command(lambda uow: fail_payment.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{payment_id}/reversal",
    operation_id="reversePayment",
    summary="The money came back",
    response_model=PaymentOut,
    responses={**REFUSALS, **problems(AmountDiffers)},
)
async def reverse(call: Officer, payment_id: UUID, body: ReversalIn) -> Any:
    """All of it is on the line again, or free again where support has ended."""
    reason = body.reason_group
    command = reverse_payment.ReversePayment(payment_id=payment_id, reason_group=reason, on=body.on, amount=body.amount)
    return await call.command(
        lambda uow: reverse_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )
