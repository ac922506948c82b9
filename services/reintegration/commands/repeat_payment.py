"""A payment that came back goes out again with the same data: an officer instructs it anew.

Its three hands had said yes to exactly these data; if the data must change, four eyes look at them first
(propose_payee_change). Source: domain-rules.md 35, row 31.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.tell_funds import tell_set_aside
from services.reintegration.domain.assistance_line import to_commit, to_reserve_again
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import PayeeKind, missing_while_held, step
from services.reintegration.domain.payment_failure import FailureReason, missing_to_repeat
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.lines import use_of
from services.reintegration.persistence.payments import LockedMoney, lock_money, repeated_by, require_payable
from services.reintegration.persistence.policies import is_finance_officer_of
from services.reintegration.persistence.reference_data import failure_rules
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RepeatPayment:
    """Instruct this payment again."""

    payment_id: UUID
    on: date | None = None


async def handle(command: RepeatPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Raises TransitionRefused, LineExceeded."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_finance_officer_of)
    payment, line = locked.payment, locked.line
    missing = missing_to_repeat(
        mend=failure_rules().mends[FailureReason(payment.reason_code or FailureReason.NOT_STATED)],
        was_instructed=payment.retry_by is not None,
        repeated=await repeated_by(uow, payment) is not None,
    )
    state = step("repeat", payment.state, [*missing, *missing_while_held(payment.held_since)])
    await require_payable(
        uow, line, payee_kind=payment.payee_kind, transition="repeat", state=payment.state, payment=payment
    )
    await _set_aside(uow, locked, on=on)
    payment.state, payment.instructed_by, payment.instructed_on = state, uow.actor.subject, on
    payment.failed_on = payment.retry_by = payment.retry_missed_on = payment.reason_group = None
    touch(payment, now=uow.now)
    uow.record("payment.repeated", subject=payment.id, reason_code=payment.reason_code)
    return payment


async def _set_aside(uow: UnitOfWork, locked: LockedMoney, *, on: date) -> None:
    """The line holds the amount again, committed, as it was before it came back."""
    payment, line, budget = locked.payment, locked.line, locked.budget
    owed = payment.payee_kind == PayeeKind.THIRD_PARTY
    again = to_reserve_again(await use_of(uow, line), payment.amount_minor, owed_after_the_end=owed)
    book(uow, Move.RESERVE, again, budget=budget, line=line, on=on, payment_id=payment.id)
    tell_set_aside(uow, line, again)
    more = to_commit(await use_of(uow, line), payment.amount_minor)
    line.pending_minor += payment.amount_minor
    book(uow, Move.COMMIT, more, budget=budget, line=line, on=on, payment_id=payment.id)
