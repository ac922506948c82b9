"""A third person says: pay it. From here the money is firmly committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.contracts.published import PaymentAuthorised
from services.reintegration.domain.assistance_line import to_commit
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.domain.payment import Hands, missing_while_held, same_hands, step
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.lines import use_of
from services.reintegration.persistence.payments import lock_money, require_payable
from services.reintegration.persistence.policies import is_finance_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AuthorisePayment:
    """Authorise this payment."""

    payment_id: UUID
    on: date | None = None


async def handle(command: AuthorisePayment, *, uow: UnitOfWork) -> PaymentRow:
    """Authorise it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_finance_of)
    payment, line, acting = locked.payment, locked.line, uow.actor.subject
    hands = Hands(requested_by=payment.requested_by, certified_by=payment.certified_by)
    missing = [*same_hands(hands, acting), *missing_while_held(payment.held_since)]
    state = step("authorise", payment.state, missing)
    await require_payable(
        uow, line, payee_kind=payment.payee_kind, transition="authorise", state=payment.state, payment=payment
    )
    more = to_commit(await use_of(uow, line), payment.amount_minor)
    book(uow, Move.COMMIT, more, budget=locked.budget, line=line, on=on, payment_id=payment.id)
    payment.state, payment.authorised_by, payment.authorised_on = state, acting, on
    touch(payment, now=uow.now)
    uow.publish(
        PaymentAuthorised(
            payment_id=payment.id,
            case_id=payment.case_id,
            line_id=payment.line_id,
            phase=payment.phase,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            on=on,
        )
    )
    uow.record("payment.authorised", subject=payment.id, amount_minor=payment.amount_minor)
    return payment
