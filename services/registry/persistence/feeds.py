"""A recipient's deliveries of one case, in order: those with a number first, then those that have none yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import DeliveryRow
from shared.database.unit_of_work import UnitOfWork

BATCH = 100


async def feed(uow: UnitOfWork, reference: str, after: int) -> AsyncIterator[list[DeliveryRow]]:
    """Batches of what has happened by now and is not withheld, after this number, locked."""
    known = (
        select(DeliveryRow)
        .where(col(DeliveryRow.agency_case_ref) == reference, col(DeliveryRow.status) != "withheld")
        .where(col(DeliveryRow.copy_of).is_(None))
        .where(col(DeliveryRow.occurred_at) <= uow.now)
        .limit(BATCH)
        .with_for_update(key_share=True)
    )
    numbered, last = known.where(col(DeliveryRow.sequence).is_not(None)), after
    while True:
        statement = numbered.where(col(DeliveryRow.sequence) > last).order_by(col(DeliveryRow.sequence))
        rows = list((await uow.session.execute(statement)).scalars())
        if not rows:
            break
        last = max(row.sequence or 0 for row in rows)
        yield rows
    fresh, seen = known.where(col(DeliveryRow.sequence).is_(None)), None
    while True:
        statement = fresh if seen is None else fresh.where(col(DeliveryRow.id) > seen)
        rows = list((await uow.session.execute(statement.order_by(col(DeliveryRow.id)))).scalars())
        if not rows:
            break
        seen = rows[-1].id
        yield rows


async def sent_to(uow: UnitOfWork, reference: str, endpoint_id: UUID, after: int) -> AsyncIterator[list[DeliveryRow]]:
    """Batches of what has left for one endpoint and is not withheld, after this number of the endpoint, locked."""
    left, last = select(DeliveryRow).where(col(DeliveryRow.agency_case_ref) == reference), after
    left = left.where(col(DeliveryRow.endpoint_id) == endpoint_id, col(DeliveryRow.status) != "withheld")
    while True:
        statement = left.where(col(DeliveryRow.endpoint_sequence) > last).order_by(col(DeliveryRow.endpoint_sequence))
        locked = statement.limit(BATCH).with_for_update(key_share=True)
        rows = list((await uow.session.execute(locked)).scalars())
        if not rows:
            break
        last = max(row.endpoint_sequence or 0 for row in rows)
        yield rows
