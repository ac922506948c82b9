"""reintegration.payment.reversed: money came back."""

from __future__ import annotations

from services.reporting.commands import record_money
from services.reporting.contracts.consumed import PaymentReversedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_payment_reversed(seen: PaymentReversedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.payment.reversed: money came back."""
    await record_money.reversed_(seen, uow=uow)
