"""What was paid in a period, by phase and currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from services.reporting.persistence.tables import CaseFact, PaymentFact
from services.reporting.queries.scope import cases_of
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Paid:
    """Sum of payments of one phase in one currency, in minor units."""

    phase: str
    currency: str
    payments: int
    amount_minor: int


async def paid(uow: UnitOfWork, *, start: date, end: date) -> list[Paid]:
    """Settled, not reversed payments with settlement day in [start, end]."""
    statement = (
        select(
            col(PaymentFact.phase),
            col(PaymentFact.currency),
            func.count().label("payments"),
            func.sum(col(PaymentFact.amount_minor)).label("amount"),
        )
        .join(CaseFact, col(CaseFact.case_id) == col(PaymentFact.case_id))
        .where(cases_of(uow.actor), ~col(PaymentFact.reversed), col(PaymentFact.paid_on).between(start, end))
        .group_by(col(PaymentFact.phase), col(PaymentFact.currency))
        .order_by(col(PaymentFact.phase), col(PaymentFact.currency))
    )
    rows = (await uow.session.execute(statement)).all()
    return [
        Paid(phase=row.phase, currency=row.currency, payments=int(row.payments), amount_minor=int(row.amount))
        for row in rows
    ]
