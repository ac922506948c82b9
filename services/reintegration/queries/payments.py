"""Payments, found by case and state within the caller's scope."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col

from services.reintegration.persistence import fresh
from services.reintegration.persistence.support_tables import PaymentRow
from services.reintegration.queries.scope import visible_payments
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset


async def list_payments(
    uow: UnitOfWork, page: PageRequest, *, case_id: UUID | None, state: str | None, came_back: bool = False
) -> tuple[list[PaymentRow], str | None]:
    """One page of payments."""
    statement = visible_payments(uow.actor)
    if case_id is not None:
        statement = statement.where(col(PaymentRow.case_id) == case_id)
    if state is not None:
        statement = statement.where(col(PaymentRow.state) == state)
    if came_back:
        statement = statement.where(col(PaymentRow.retry_by).is_not(None))
    return await keyset(uow.session, statement, page, col(PaymentRow.id))


async def get_payment(uow: UnitOfWork, payment_id: UUID) -> PaymentRow:
    """One payment; raises NotFound outside of the scope."""
    row = await fresh.one(uow, visible_payments(uow.actor).where(col(PaymentRow.id) == payment_id))
    if row is None:
        raise NotFound
    return row
