"""reintegration.payment.failed: money came back and is being tried again."""

from __future__ import annotations

from services.returns.commands import learn_news
from services.returns.contracts.consumed import PaymentFailedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_payment_failed(seen: PaymentFailedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.payment.failed: money came back and is being tried again; what is merely stopped is no news."""
    if seen.retry_by is None:
        return
    news = learn_news.LearnNews(
        subject_id=seen.payment_id,
        case_id=seen.case_id,
        code=learn_news.PAYMENT_CAME_BACK,
        until=seen.retry_by,
        line_id=seen.line_id,
    )
    await learn_news.handle(news, uow=uow)
