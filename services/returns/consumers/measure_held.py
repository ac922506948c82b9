"""reintegration.measure.held: a service waits for another provider."""

from __future__ import annotations

from services.returns.commands import learn_news
from services.returns.contracts.consumed import MeasureHeldSeen
from shared.database.unit_of_work import UnitOfWork


async def on_measure_held(seen: MeasureHeldSeen, *, uow: UnitOfWork) -> None:
    """reintegration.measure.held: a service waits for another provider."""
    news = learn_news.LearnNews(
        subject_id=seen.measure_id,
        case_id=seen.case_id,
        code=learn_news.SERVICE_HELD,
        until=seen.replace_by,
        person_ref=seen.person_ref,
    )
    await learn_news.handle(news, uow=uow)
