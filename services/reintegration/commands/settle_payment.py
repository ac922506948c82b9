"""The money reached its payee: a fact, recorded whatever has become of the case since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import release_funds
from services.reintegration.contracts.published import PaymentSettled
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PayeeKind, step
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.payments import lock_money, require_same_amount
from services.reintegration.persistence.policies import is_finance_officer_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


@dataclass(frozen=True, kw_only=True)
class SettlePayment:
    """Record that this payment was made."""

    payment_id: UUID
    on: date | None = None
    amount: Money | None = None


async def handle(command: SettlePayment, *, uow: UnitOfWork) -> PaymentRow:
    """Settle it; raises TransitionRefused, AmountDiffers where the bank names another amount than was instructed."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_finance_officer_of)
    payment, line = locked.payment, locked.line
    payment.state = step("settle", payment.state)
    require_same_amount(payment, command.amount)
    payment.settled_by, payment.settled_on = uow.actor.subject, on
    line.pending_minor -= payment.amount_minor
    book(uow, Move.PAY, payment.amount_minor, budget=locked.budget, line=line, on=on, payment_id=payment.id)
    touch(payment, now=uow.now)
    uow.publish(
        PaymentSettled(
            payment_id=payment.id,
            case_id=payment.case_id,
            line_id=payment.line_id,
            phase=payment.phase,
            budget_id=payment.budget_id,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            on=on,
        )
    )
    uow.record("payment.settled", subject=payment.id, amount_minor=payment.amount_minor)
    case = await find_case(uow, payment.case_id)
    if case and has_ended(case.standing) and payment.payee_kind == PayeeKind.BENEFICIARY:
        release_funds.ask_back(uow, payment, case.programme_id, since=on)
    return payment
