"""Payments and measures whose clock has run out and of which nobody was told yet."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.payment import PaymentState
from services.reintegration.persistence import fresh
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow
from shared.database.unit_of_work import UnitOfWork

AT_ONCE = 500


async def overdue(uow: UnitOfWork, table: type[PaymentRow] | type[MeasureRow]) -> list[UUID]:
    """Ids of those that are late and untold, the latest first."""
    if table is PaymentRow:
        where = [col(PaymentRow.retry_by) < uow.now.date(), col(PaymentRow.retry_missed_on).is_(None), *_FAILED]
        order = col(PaymentRow.retry_by)
    else:
        where = [col(MeasureRow.replace_by) < uow.now.date(), col(MeasureRow.replacement_missed_on).is_(None)]
        order = col(MeasureRow.replace_by)
    statement = select(col(table.id)).where(*where).order_by(order, col(table.id))
    return list(await fresh.every(uow, statement.limit(AT_ONCE)))


async def lock_overdue_payment(uow: UnitOfWork, payment_id: UUID) -> PaymentRow | None:
    """The payment, if it still is late and untold."""
    where = (col(PaymentRow.id) == payment_id, col(PaymentRow.retry_by) < uow.now.date(), *_FAILED)
    statement = select(PaymentRow).where(*where, col(PaymentRow.retry_missed_on).is_(None))
    return await fresh.one(uow, statement.with_for_update(key_share=True))


async def lock_overdue_order(uow: UnitOfWork, measure_id: UUID) -> MeasureRow | None:
    """The measure, if it still is late and untold."""
    where = (col(MeasureRow.id) == measure_id, col(MeasureRow.replace_by) < uow.now.date())
    statement = select(MeasureRow).where(*where, col(MeasureRow.replacement_missed_on).is_(None))
    return await fresh.one(uow, statement.with_for_update(key_share=True))


_FAILED = (col(PaymentRow.state) == PaymentState.FAILED.value,)
