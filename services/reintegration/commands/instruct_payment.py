"""An authorised payment is handed to the bank, the airport desk or the partner who pays out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.payment import missing_while_held, step
from services.reintegration.persistence.payments import lock_payment, require_payable
from services.reintegration.persistence.policies import is_finance_officer_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class InstructPayment:
    """Instruct this payment."""

    payment_id: UUID
    on: date | None = None


async def handle(command: InstructPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Instruct it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_payment(uow, command.payment_id, is_finance_officer_of)
    payment = locked.payment
    state = step("instruct", payment.state, missing_while_held(payment.held_since))
    await require_payable(
        uow, locked.line, payee_kind=payment.payee_kind, transition="instruct", state=payment.state, payment=payment
    )
    payment.state, payment.instructed_by, payment.instructed_on = state, uow.actor.subject, on
    touch(payment, now=uow.now)
    uow.record("payment.instructed", subject=payment.id)
    return payment
