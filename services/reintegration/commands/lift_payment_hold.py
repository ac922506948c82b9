"""Finance looked at the invoice of a suspended provider: it is due, and goes on through its hands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.reintegration.commands.hold_orders import lift_payment
from services.reintegration.domain.payment import Hands, same_hands
from services.reintegration.persistence.payments import lock_payment
from services.reintegration.persistence.policies import is_finance_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused


@dataclass(frozen=True, kw_only=True)
class LiftPaymentHold:
    """Let this payment go on although its provider is suspended."""

    payment_id: UUID


async def handle(command: LiftPaymentHold, *, uow: UnitOfWork) -> PaymentRow:
    """Never by the one who requested it; lifting what is not held changes nothing. Raises TransitionRefused."""
    payment = (await lock_payment(uow, command.payment_id, is_finance_of)).payment
    missing: list[Missing] = same_hands(Hands(requested_by=payment.requested_by), uow.actor.subject)
    if missing:
        raise TransitionRefused(transition="lift-hold", state=payment.state, missing=missing)
    if payment.held_since is not None:
        lift_payment(payment, uow=uow)
    return payment
