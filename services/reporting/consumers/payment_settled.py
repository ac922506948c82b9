"""reintegration.payment.settled: money reached its payee."""

from __future__ import annotations

from services.reporting.commands import record_money
from services.reporting.contracts.consumed import PaymentSettledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_payment_settled(seen: PaymentSettledSeen, *, uow: UnitOfWork) -> None:
    """reintegration.payment.settled: money reached its payee."""
    await record_money.settled(seen, uow=uow)
