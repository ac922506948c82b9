"""Money that moved: each settled payment is one row, a reversal marks it."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlmodel import col

from services.reporting.contracts.consumed import PaymentReversedSeen, PaymentSettledSeen
from services.reporting.persistence.facts import set_on_case, upsert
from services.reporting.persistence.tables import CaseFact, PaymentFact
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
    if seen.phase in GRANT_PHASES:
        await set_on_case(uow, seen.case_id)
        earliest = func.least(func.coalesce(col(CaseFact.first_grant_on), seen.on), seen.on)
        where = col(CaseFact.case_id) == seen.case_id
        await uow.session.execute(update(CaseFact).where(where).values(first_grant_on=earliest))


async def reversed_(seen: PaymentReversedSeen, *, uow: UnitOfWork) -> None:
    """A payment came back: it no longer counts as spent."""
    where = col(PaymentFact.payment_id) == seen.payment_id
    await uow.session.execute(update(PaymentFact).where(where).values(reversed=True))
