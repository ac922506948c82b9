"""reintegration.payment.settled: something that was promised has come."""

from __future__ import annotations

from services.returns.commands import learn_news, learn_payment
from services.returns.contracts.consumed import PaymentSettledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_payment_settled(seen: PaymentSettledSeen, *, uow: UnitOfWork) -> None:
    """reintegration.payment.settled: something that was promised has come."""
    await learn_payment.handle(learn_payment.LearnPayment(**seen.model_dump()), uow=uow)
    await learn_news.paid(seen.line_id, uow=uow)
