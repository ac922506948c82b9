"""Learn from reintegration what was paid, and what was taken back, so that the card can say what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.persistence.cards import keep_paid, reverse_paid
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class LearnPayment:
    """One payment of a line."""

    payment_id: UUID
    case_id: UUID
    line_id: str
    amount_minor: int
    currency: str
    on: date


async def handle(command: LearnPayment, *, uow: UnitOfWork) -> None:
    """Hearing of it again changes nothing."""
    await keep_paid(uow, vars(command))


async def take_back(payment_id: UUID, amount_minor: int, *, uow: UnitOfWork) -> None:
    """So much of a payment came back; of a payment from before the cards nothing is known."""
    await reverse_paid(uow, payment_id, amount_minor)
