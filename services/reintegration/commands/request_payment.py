"""Ask for a payment from an assistance line; the amount is held on the line from now on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.contracts.published import PaymentRequested
from services.reintegration.domain.assistance_line import to_reserve_again
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PayeeKind, PaymentState
from services.reintegration.persistence.budgets import book, find_budget
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.lines import find_line, person_left, require_line, use_of
from services.reintegration.persistence.payments import require_payable, seal_payee
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.persistence.tables import BudgetRow, LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.money import Money


class CurrencyDiffers(Invalid):
    """A line is paid in its own currency."""

    slug = "currency-differs"
    title = "The payment must be in the currency of the line"


@dataclass(frozen=True, kw_only=True)
class RequestPayment:
    """Who is to get how much from which line, and what shows that it is due."""

    line_id: UUID
    amount: Money
    payee_kind: PayeeKind
    evidence_ref: str
    payee: Mapping[str, str] | None = None
    on: date | None = None


async def handle(command: RequestPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Request it; raises TransitionRefused when the phase is not open, LineExceeded above what remains."""
    on = day_of_fact(command.on, uow.now)
    seen = await require_line(uow, command.line_id)
    budget = await _budget_of_ended(uow, seen, command.payee_kind)
    line = await find_line(uow, command.line_id, lock=True)
    if command.amount.currency != line.currency:
        raise CurrencyDiffers(currency=line.currency)
    await require_payable(uow, line, payee_kind=command.payee_kind, transition="request", state="NEW")
    again = to_reserve_again(
        await use_of(uow, line), command.amount.amount_minor, owed_after_the_end=budget is not None
    )
    if budget is not None:
        book(uow, Move.RESERVE, again, budget=budget, line=line, on=on)
    line.pending_minor += command.amount.amount_minor
    payment = await _new(command, line, on=on, uow=uow)
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


async def _budget_of_ended(uow: UnitOfWork, line: LineRow, payee_kind: PayeeKind) -> BudgetRow | None:
    """An invoice that comes after the end may need money that was given back: its budget is locked first."""
    case = await find_case(uow, line.case_id)
    over = (case is not None and has_ended(case.standing)) or await person_left(uow, line)
    if not over or payee_kind is not PayeeKind.THIRD_PARTY:
        return None
    return await find_budget(uow, line.budget_id, lock=True) if line.budget_id else None


async def _new(command: RequestPayment, line: LineRow, *, on: date, uow: UnitOfWork) -> PaymentRow:
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
        state=PaymentState.REQUESTED.value,
        requested_by=uow.actor.subject,
        requested_on=on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(payment)
    await uow.session.flush()
    return payment
