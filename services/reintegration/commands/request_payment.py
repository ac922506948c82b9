"""Ask for a payment from an assistance line; the amount is held on the line from now on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.hold_orders import hold_if_suspended
from services.reintegration.commands.tell_funds import tell_set_aside
from services.reintegration.contracts.published import PaymentRequested
from services.reintegration.domain.assistance_line import to_reserve_again
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PayeeKind, PaymentState
from services.reintegration.persistence.budgets import book, find_budget
from services.reintegration.persistence.lines import find_line, require_line, use_of
from services.reintegration.persistence.organisations import measures_paid_from
from services.reintegration.persistence.payments import (
    REQUEST,
    awaiting_repetition,
    open_payee,
    require_payable,
    seal_payee,
)
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import BudgetRow, LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid
from shared.money import Money


class CurrencyDiffers(Invalid):
    """A line is paid in its own currency."""

    slug = "currency-differs"
    title = "The payment must be in the currency of the line"


class PayeeChangeNeedsApproval(Conflict):
    """A payment came back, and this request names another payee."""

    slug = "payee-change-needs-approval"
    title = "Other payee data than those that came back must be approved by a second person first"


class MeasureNotOfLine(Invalid):
    """The measure is not paid from this line."""

    slug = "measure-not-of-line"
    title = "This line does not pay for that measure"


@dataclass(frozen=True, kw_only=True)
class RequestPayment:
    """Who is to get how much from which line, and what shows that it is due."""

    line_id: UUID
    amount: Money
    payee_kind: PayeeKind
    evidence_ref: str
    payee: Mapping[str, str] | None = None
    measure_id: UUID | None = None
    on: date | None = None


async def handle(command: RequestPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Request it; raises TransitionRefused when the phase is not open, LineExceeded above what remains."""
    on = day_of_fact(command.on, uow.now)
    seen = await require_line(uow, command.line_id)
    budget = await budget_given_back_to(uow, seen, command.payee_kind)
    await _require_known_payee(uow, command)
    line = await find_line(uow, command.line_id, lock=True)
    return await request_from(line, command, budget=budget, on=on, uow=uow)


async def request_from(
    line: LineRow,
    command: RequestPayment,
    *,
    budget: BudgetRow | None,
    on: date,
    uow: UnitOfWork,
    repeats: PaymentRow | None = None,
) -> PaymentRow:
    """The same from a locked line whose budget is locked where money was given back to it."""
    if command.amount.currency != line.currency:
        raise CurrencyDiffers(currency=line.currency)
    await require_payable(uow, line, payee_kind=command.payee_kind, transition=REQUEST, state="NEW")
    again = to_reserve_again(
        await use_of(uow, line), command.amount.amount_minor, owed_after_the_end=budget is not None
    )
    if budget is not None:
        book(uow, Move.RESERVE, again, budget=budget, line=line, on=on)
        tell_set_aside(uow, line, again)
    line.pending_minor += command.amount.amount_minor
    payment = await _new(command, line, on=on, repeats=repeats, uow=uow)
    await hold_if_suspended(uow, payment, on=on)
    uow.publish(
        PaymentRequested(
            payment_id=payment.id,
            case_id=line.case_id,
            line_id=line.id,
            phase=line.phase,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            on=on,
        )
    )
    uow.record("payment.requested", subject=payment.id, amount_minor=payment.amount_minor)
    return payment


async def budget_given_back_to(uow: UnitOfWork, line: LineRow, payee_kind: PayeeKind) -> BudgetRow | None:
    """An invoice that comes late may need money that was given back, whether the case, the plan or the stay of this
    person ended, and even if the case goes on since: its budget is locked first."""
    if payee_kind is not PayeeKind.THIRD_PARTY or line.budget_id is None or not line.available_minor:
        return None
    return await find_budget(uow, line.budget_id, lock=True)


async def _require_known_payee(uow: UnitOfWork, command: RequestPayment) -> None:
    """Whoever asks anew with other data than those that came back goes through the change of the payee."""
    if command.payee is None:
        return
    for failed in await awaiting_repetition(uow, command.line_id, payee_kind=command.payee_kind):
        if command.payee_kind is PayeeKind.THIRD_PARTY and failed.evidence_ref != command.evidence_ref:
            continue
        before = await open_payee(uow, failed)
        if before is not None and before != dict(command.payee):
            raise PayeeChangeNeedsApproval


async def _measure_of(uow: UnitOfWork, line: LineRow, measure_id: UUID | None) -> UUID | None:
    """The measure a payment is for; raises MeasureNotOfLine."""
    if measure_id is not None and measure_id not in {each.id for each in await measures_paid_from(uow, line.id)}:
        raise MeasureNotOfLine
    return measure_id


async def _new(
    command: RequestPayment, line: LineRow, *, on: date, repeats: PaymentRow | None, uow: UnitOfWork
) -> PaymentRow:
    sealed = await seal_payee(uow, line, command.payee, kind=command.payee_kind) if command.payee else None
    if line.budget_id is None:
        raise ValueError("a payable line has a budget")
    payment = PaymentRow(
        case_id=line.case_id,
        line_id=line.id,
        budget_id=line.budget_id,
        phase=line.phase,
        amount_minor=command.amount.amount_minor,
        currency=line.currency,
        payee_kind=command.payee_kind.value,
        payee_person_id=sealed.person_id if sealed else None,
        payee_sealed=sealed.value if sealed else None,
        evidence_ref=command.evidence_ref,
        measure_id=await _measure_of(uow, line, command.measure_id),
        repeats_payment_id=repeats.id if repeats else None,
        state=PaymentState.REQUESTED.value,
        requested_by=uow.actor.subject,
        requested_on=on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(payment)
    await uow.session.flush()
    return payment
