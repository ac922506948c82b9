"""reintegration.payment.reversed: what came was taken back."""

from __future__ import annotations

from services.returns.commands import learn_payment
from services.returns.contracts.consumed import PaymentReversedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_payment_reversed(seen: PaymentReversedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.payment.reversed: what came was taken back."""
    await learn_payment.take_back(seen.payment_id, seen.amount_minor, uow=uow)
