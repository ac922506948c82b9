"""Proposals to pay to other data than those that came back."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.reintegration.persistence import fresh
from services.reintegration.persistence.support_tables import PayeeChangeRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def find_change(uow: UnitOfWork, payment_id: UUID, change_id: UUID, *, lock: bool = False) -> PayeeChangeRow:
    """A proposal of a payment; raises NotFound."""
    where = (col(PayeeChangeRow.id) == change_id, col(PayeeChangeRow.payment_id) == payment_id)
    statement = select(PayeeChangeRow).where(*where)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    return row


async def open_change(uow: UnitOfWork, payment_id: UUID) -> PayeeChangeRow | None:
    """The proposal that waits for a second person."""
    return await _in_state(uow, payment_id, "PROPOSED")


async def approved_change(uow: UnitOfWork, payment_id: UUID) -> PayeeChangeRow | None:
    """The newest proposal that a second person approved and nobody has used."""
    return await _in_state(uow, payment_id, "APPROVED")


async def changes_of(uow: UnitOfWork, payment_id: UUID) -> list[PayeeChangeRow]:
    """Every proposal of a payment, oldest first."""
    statement = select(PayeeChangeRow).where(col(PayeeChangeRow.payment_id) == payment_id)
    return list(await fresh.every(uow, statement.order_by(col(PayeeChangeRow.id))))


async def _in_state(uow: UnitOfWork, payment_id: UUID, state: str) -> PayeeChangeRow | None:
    where = (col(PayeeChangeRow.payment_id) == payment_id, col(PayeeChangeRow.state) == state)
    statement = select(PayeeChangeRow).where(*where).order_by(col(PayeeChangeRow.id).desc()).limit(1)
    return await fresh.one(uow, statement.with_for_update(key_share=True))
