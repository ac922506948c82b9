"""Payments: requested, certified, authorised, instructed, settled; each of the first three by somebody
else.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated, DatedWithReason, EvidenceRef, PositiveMoney
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
from services.reintegration.domain.payment import PayeeKind, PaymentState
from services.reintegration.persistence.payments import find_payment, open_payee
from services.reintegration.persistence.policies import may_see_case
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.queries import payments as queries
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call, caller
from shared.money import Money
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


class Payee(Body):
    """Who is paid and how; kept sealed."""

    name: str = Field(min_length=1, max_length=200, examples=["N. Beridze"])
    method: Literal["bank_transfer", "cash", "mobile_money"] = "bank_transfer"
    account: str | None = Field(default=None, max_length=64, description="IBAN or wallet number.")


class PaymentIn(Body):
    """A payment asked for."""

    line_id: UUID
    amount: PositiveMoney
    payee_kind: PayeeKind = Field(description="A grant goes to a beneficiary, an invoice to a third party.")
    evidence_ref: EvidenceRef
    payee: Payee | None = None
    on: date | None = Field(default=None, description="Day of the request; default today.")


class PaymentOut(BaseModel):
    """A payment and who handled it."""

    id: UUID
    case_id: UUID
    line_id: UUID
    budget_id: UUID
    phase: str
    amount: Money
    payee_kind: PayeeKind
    evidence_ref: str
    state: PaymentState
    requested_by: str
    certified_by: str | None
    authorised_by: str | None
    requested_on: date
    certified_on: date | None
    authorised_on: date | None
    instructed_on: date | None
    settled_on: date | None
    failed_on: date | None
    reversed_on: date | None
    reason_group: str | None
    version: int
    payee: dict[str, str] | None = Field(default=None, description="Shown to finance officers on one payment only.")


def show(_uow: UnitOfWork, row: PaymentRow) -> PaymentOut:
    """A payment as shown, without its payee."""
    return PaymentOut.model_validate(
        {
            **row.model_dump(include=set(PaymentOut.model_fields)),
            "amount": Money(row.amount_minor, row.currency),
        }
    )


async def reload(uow: UnitOfWork, payment_id: UUID) -> PaymentRow:
    """The payment again, for a repeated request."""
    return await find_payment(uow, payment_id, may_see_case)


@router.post(
    "",
    operation_id="requestPayment",
    summary="Request a payment",
    response_model=PaymentOut,
    status_code=201,
    responses=problems(NotFound, TransitionRefused, LineExceeded, DateInFuture, request_payment.CurrencyDiffers),
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
) -> Page[PaymentOut]:
    """Oldest first."""
    async with call.reading() as uow:
        rows, cursor = await queries.list_payments(uow, page, case_id=case_id, state=state)
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
    responses=REFUSALS,
)
async def settle(call: Officer, payment_id: UUID, body: Dated) -> Any:
    """The money reached its payee on that day."""
    command = settle_payment.SettlePayment(payment_id=payment_id, on=body.on)
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
async def fail(call: Authoriser, payment_id: UUID, body: DatedWithReason) -> Any:
    """Refused by finance or sent back by the bank; the line is free for a new request."""
    command = fail_payment.FailPayment(payment_id=payment_id, **body.model_dump())
    return await call.command(lambda uow: fail_payment.handle(command, uow=uow), show, reload=reload, match="required")


@router.post(
    "/{payment_id}/reversal",
    operation_id="reversePayment",
    summary="The money came back",
    response_model=PaymentOut,
    responses=REFUSALS,
)
async def reverse(call: Officer, payment_id: UUID, body: DatedWithReason) -> Any:
    """It is on the line again, or free again where support has ended."""
    command = reverse_payment.ReversePayment(payment_id=payment_id, **body.model_dump())
    return await call.command(
        lambda uow: reverse_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )
