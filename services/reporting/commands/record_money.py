"""Money that moved: each settled payment is one row, a reversal marks it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select

from services.reporting.contracts.consumed import PaymentReversedSeen, PaymentSettledSeen
from services.reporting.persistence.facts import set_on_case, upsert
from services.reporting.persistence.tables import PaymentFact
from shared.database.unit_of_work import UnitOfWork

GRANT_PHASES = ("post_arrival", "post_return")


async def settled(seen: PaymentSettledSeen, *, uow: UnitOfWork) -> None:
    """Record a payment; the earliest grant after return also gives the case its first-grant day."""
    values = {
        "case_id": seen.case_id,
        "line_id": seen.line_id,
        "phase": seen.phase,
        "budget_id": seen.budget_id,
        "amount_minor": seen.amount_minor,
        "currency": seen.currency,
        "paid_on": seen.on,
    }
    await upsert(uow, PaymentFact, {"payment_id": seen.payment_id}, values)
    await _first_grant(seen.case_id, uow=uow)


async def reversed_(seen: PaymentReversedSeen, *, uow: UnitOfWork) -> None:
    """A payment came back: it no longer counts as spent, nor as the first grant."""
    where = col(PaymentFact.payment_id) == seen.payment_id
    await uow.session.execute(update(PaymentFact).where(where).values(reversed=True))
    await _first_grant(seen.case_id, uow=uow)


async def _first_grant(case_id: UUID, *, uow: UnitOfWork) -> None:
    grants = col(PaymentFact.phase).in_(GRANT_PHASES) & ~col(PaymentFact.reversed)
    first = select(func.min(col(PaymentFact.paid_on))).where(col(PaymentFact.case_id) == case_id, grants)
    await set_on_case(uow, case_id, first_grant_on=await uow.session.scalar(first))
