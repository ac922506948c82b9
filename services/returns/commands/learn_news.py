"""Learn from reintegration what waits of a person's support, so that the card can say it: a service waits for another
provider, or a payment came back and is being tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.persistence.card_news import forget_failed_payments, forget_news, keep_news
from shared.database.unit_of_work import UnitOfWork

SERVICE_HELD, PAYMENT_CAME_BACK = "service_held", "payment_came_back"


@dataclass(frozen=True, kw_only=True)
class LearnNews:
    """One thing that is being mended, and by when; `person_ref` None: the whole family may know."""

    subject_id: UUID
    case_id: UUID
    code: str
    until: date
    person_ref: str | None = None
    line_id: str | None = None


async def handle(command: LearnNews, *, uow: UnitOfWork) -> None:
    """Hearing of it again changes at most the day."""
    await keep_news(uow, vars(command))


async def over(subject_id: UUID, *, uow: UnitOfWork) -> None:
    """It goes on; there is nothing to say any more."""
    await forget_news(uow, subject_id)


async def paid(line_id: str, *, uow: UnitOfWork) -> None:
    """Money of this line has come: what came back before is mended."""
    await forget_failed_payments(uow, line_id)
