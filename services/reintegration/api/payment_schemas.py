"""Payments as they come in and are shown; the payee only to finance officers, on one payment."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated, DatedWithReason, EvidenceRef, PositiveMoney
from services.reintegration.domain.payment import PayeeKind, PaymentState
from services.reintegration.domain.payment_failure import FailureReason
from services.reintegration.persistence.payments import find_payment
from services.reintegration.persistence.policies import may_see_case
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


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
    measure_id: UUID | None = Field(default=None, description="The measure an invoice is for.")
    on: date | None = Field(default=None, description="Day of the request; default today.")


class FailureIn(DatedWithReason):
    """Why it will not be paid, or came back."""

    reason_code: FailureReason = Field(default=FailureReason.NOT_STATED, description="What the bank or desk said.")


AMOUNT = "What the bank names; refused when it is not the amount of the payment. Left out: all of it."


class SettlementIn(Dated):
    """The money reached its payee."""

    amount: PositiveMoney | None = Field(default=None, description=AMOUNT)


class ReversalIn(DatedWithReason):
    """The money came back."""

    amount: PositiveMoney | None = Field(default=None, description=AMOUNT)


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
    return_due_since: date | None = Field(description="Support ended: what is out has to come back since that day.")
    reason_group: str | None
    reason_code: str | None = Field(description="Why it came back.")
    retry_by: date | None = Field(description="It came back: by when it is to be tried again.")
    repeats_payment_id: UUID | None = Field(description="The payment that came back, in whose place this one is.")
    measure_id: UUID | None
    held_since: date | None = Field(description="Its provider is suspended; finance may lift the hold.")
    loss_line_id: UUID | None = Field(description="The line of the programme that bears the loss.")
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
