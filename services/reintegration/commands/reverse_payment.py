"""Paid money came back: it is on the line again, or free again where support has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import release_funds
from services.reintegration.commands.tell_funds import tell_given_back
from services.reintegration.contracts.published import PaymentReversed, ReasonGroup
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import step
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.payments import lock_money, require_same_amount
from services.reintegration.persistence.policies import is_finance_officer_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


@dataclass(frozen=True, kw_only=True)
class ReversePayment:
    """Record that this payment came back."""

    payment_id: UUID
    reason_group: ReasonGroup
    on: date | None = None
    amount: Money | None = None


async def handle(command: ReversePayment, *, uow: UnitOfWork) -> PaymentRow:
    """Reverse it; raises TransitionRefused, AmountDiffers where not all of it came back."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_finance_officer_of)
    payment, line, budget = locked.payment, locked.line, locked.budget
    payment.state = step("reverse", payment.state)
    require_same_amount(payment, command.amount)
    payment.reversed_on, payment.reason_group = on, command.reason_group
    touch(payment, now=uow.now)
    amount = payment.amount_minor
    book(uow, Move.REVERSE, amount, budget=budget, line=line, on=on, payment_id=payment.id)
    if payment.loss_line_id is not None:
        # the family's line was made whole by the programme: what is recovered is the programme's
        book(uow, Move.RELEASE, amount, budget=budget, line=line, on=on, payment_id=payment.id)
        tell_given_back(uow, line, amount, group=command.reason_group)
    elif line.committed_by_plan:
        book(uow, Move.COMMIT, amount, budget=budget, line=line, on=on, payment_id=payment.id)
    uow.publish(
        PaymentReversed(
            payment_id=payment.id,
            case_id=payment.case_id,
            line_id=payment.line_id,
            phase=payment.phase,
            amount_minor=amount,
            currency=payment.currency,
            on=on,
        )
    )
    uow.record("payment.reversed", subject=payment.id, amount_minor=amount)
    await release_funds.release_if_over(uow, line, on=on, reason_group=command.reason_group)
    return payment
