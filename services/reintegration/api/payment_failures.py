"""What becomes of a payment that came back, of one whose provider is suspended, and of money paid for nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated
from services.reintegration.api.payment_schemas import Payee, PaymentOut, reload, show
from services.reintegration.api.payments import REFUSALS, Authoriser, Officer, Requester
from services.reintegration.commands import change_payee, charge_loss, lift_payment_hold, repeat_payment
from services.reintegration.domain.assistance_line import LineExceeded
from services.reintegration.domain.ledger import FundsInsufficient
from services.reintegration.persistence.payee_changes import changes_of, find_change
from services.reintegration.persistence.payments import PayeeNotKnown, find_payment, open_payee
from services.reintegration.persistence.policies import may_see_case
from services.reintegration.persistence.support_tables import PayeeChangeRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/payments/{payment_id}", tags=["payments"])
Manager = Annotated[Call, caller("programme_manager")]
Mender = Annotated[Call, caller("finance_officer", "caseworker", "reintegration_partner", "provider")]
CHANGE_REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed)


class PayeeChangeIn(Body):
    """Other data for the same person, or another payee with the reason on record."""

    payee: Payee
    reason_code: change_payee.ChangeReason = Field(description="`other_payee`: not the beneficiary's own account.")


class PayeeDecisionIn(Body):
    """What a second person says to it."""

    approved: bool = Field(description="True: these data may be used.")


class PayeeChangeOut(BaseModel):
    """A proposal and who handled it."""

    id: UUID
    payment_id: UUID
    reason_code: str
    state: str = Field(description="PROPOSED, APPROVED, REFUSED, REPLACED or USED.")
    proposed_by: str
    decided_by: str | None
    proposed_on: date
    decided_on: date | None
    version: int
    payee: dict[str, str] | None = Field(default=None, description="Shown to finance officers only.")


class PayeeChangesOut(BaseModel):
    """Every proposal for a payment."""

    items: list[PayeeChangeOut]


def show_change(_uow: UnitOfWork, row: PayeeChangeRow) -> PayeeChangeOut:
    """A proposal as shown, without its data."""
    return PayeeChangeOut.model_validate(row.model_dump(include=set(PayeeChangeOut.model_fields)))


def _again(payment_id: UUID) -> Any:
    async def found(uow: UnitOfWork, change_id: UUID) -> PayeeChangeRow:
        await find_payment(uow, payment_id, may_see_case)
        return await find_change(uow, payment_id, change_id)

    return found


@router.post(
    "/repetition",
    operation_id="repeatPayment",
    summary="Try it again with the same data",
    response_model=PaymentOut,
    responses={**REFUSALS, **problems(LineExceeded)},
)
async def repeat(call: Officer, payment_id: UUID, body: Dated) -> Any:
    """It goes to the bank again; only if the data of the payee were not what it stumbled over."""
    command = repeat_payment.RepeatPayment(payment_id=payment_id, on=body.on)
    return await call.command(
        lambda uow: repeat_payment.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/payee-changes",
    operation_id="proposePayeeChange",
    summary="Propose other payee data",
    status_code=201,
    response_model=PayeeChangeOut,
    responses={**CHANGE_REFUSALS, **problems(PayeeNotKnown)},
)
async def propose(call: Requester, payment_id: UUID, body: PayeeChangeIn) -> Any:
    """For a payment that came back; a second person has to approve before it is asked for again."""
    payee = body.payee.model_dump(exclude_none=True)
    command = change_payee.ProposePayeeChange(payment_id=payment_id, payee=payee, reason_code=body.reason_code)
    return await call.command(
        lambda uow: change_payee.propose(command, uow=uow), show_change, status=201, reload=_again(payment_id)
    )


@router.get(
    "/payee-changes", operation_id="listPayeeChanges", summary="Proposed payee data", responses=problems(NotFound)
)
async def changes(call: Mender, payment_id: UUID) -> PayeeChangesOut:
    """Finance officers also see the data; that is audited."""
    async with call.reading() as uow:
        await find_payment(uow, payment_id, may_see_case)
        items = []
        for row in await changes_of(uow, payment_id):
            payee = await open_payee(uow, row) if call.acting_role == "finance_officer" else None
            items.append(show_change(uow, row).model_copy(update={"payee": payee}))
        return PayeeChangesOut(items=items)


@router.post(
    "/payee-changes/{change_id}/decision",
    operation_id="decidePayeeChange",
    summary="Approve or refuse other payee data",
    response_model=PayeeChangeOut,
    responses=CHANGE_REFUSALS,
)
async def decide(call: Officer, payment_id: UUID, change_id: UUID, body: PayeeDecisionIn) -> Any:
    """By a finance officer who did not propose them."""
    command = change_payee.DecidePayeeChange(payment_id=payment_id, change_id=change_id, approved=body.approved)
    return await call.command(lambda uow: change_payee.decide(command, uow=uow), show_change, reload=_again(payment_id))


@router.post(
    "/new-request",
    operation_id="requestPaymentAnew",
    summary="Ask again with the approved data",
    status_code=201,
    response_model=PaymentOut,
    responses={**REFUSALS, **problems(LineExceeded, PayeeNotKnown)},
)
async def request_anew(call: Requester, payment_id: UUID, body: Dated) -> Any:
    """A new payment in place of the one that came back, through all hands."""
    command = change_payee.RequestAnew(payment_id=payment_id, on=body.on)
    return await call.command(
        lambda uow: change_payee.request_anew(command, uow=uow),
        show,
        status=201,
        reload=reload,
        location="/reintegration/v1/payments/{id}",
    )


@router.post(
    "/hold-lifting",
    operation_id="liftPaymentHold",
    summary="Let the invoice of a suspended provider go on",
    response_model=PaymentOut,
    responses=REFUSALS,
)
async def lift_hold(call: Authoriser, payment_id: UUID, body: Body) -> Any:
    """What was delivered is owed, whoever delivered it; never by the one who requested it."""
    command = lift_payment_hold.LiftPaymentHold(payment_id=payment_id)
    return await call.command(
        lambda uow: lift_payment_hold.handle(command, uow=uow), show, reload=reload, match="required"
    )


@router.post(
    "/loss",
    operation_id="chargeLoss",
    summary="Charge what was paid for nothing to the programme",
    response_model=PaymentOut,
    responses={**REFUSALS, **problems(FundsInsufficient)},
)
async def loss(call: Manager, payment_id: UUID, body: Dated) -> Any:
    """The family's line is made whole from the budget; by somebody who had no hand in the payment."""
    command = charge_loss.ChargeLoss(payment_id=payment_id, on=body.on)
    return await call.command(lambda uow: charge_loss.handle(command, uow=uow), show, reload=reload, match="required")
