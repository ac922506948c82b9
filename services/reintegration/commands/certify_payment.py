"""A finance officer who did not request a payment certifies that it is due and correct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.payment import Hands, missing_while_held, same_hands, step
from services.reintegration.persistence.payments import lock_payment, require_payable
from services.reintegration.persistence.policies import is_finance_officer_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CertifyPayment:
    """Certify this payment."""

    payment_id: UUID
    on: date | None = None


async def handle(command: CertifyPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Certify it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_payment(uow, command.payment_id, is_finance_officer_of)
    payment = locked.payment
    acting = uow.actor.subject
    hands = same_hands(Hands(requested_by=payment.requested_by), acting)
    state = step("certify", payment.state, [*hands, *missing_while_held(payment.held_since)])
    await require_payable(
        uow, locked.line, payee_kind=payment.payee_kind, transition="certify", state=payment.state, payment=payment
    )
    payment.state, payment.certified_by, payment.certified_on = state, acting, on
    touch(payment, now=uow.now)
    uow.record("payment.certified", subject=payment.id)
    return payment
