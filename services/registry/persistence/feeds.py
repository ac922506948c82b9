"""A recipient's deliveries, of one case or of none, in order: first those with a number, then those without one yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from services.registry.domain.disclosure_matrix import TEST_EVENT
from services.registry.persistence.disclosure_tables import DeliveryRow
from shared.database.unit_of_work import UnitOfWork

BATCH = 100


def of_case(reference: str) -> ColumnElement[bool]:
    """What belongs to a case."""
    return col(DeliveryRow.agency_case_ref) == reference


def without_case(recipient_id: UUID) -> ColumnElement[bool]:
    """What a recipient is told that belongs to no case; tests are nothing that was told."""
    return and_(
        col(DeliveryRow.recipient_id) == recipient_id,
        col(DeliveryRow.case_id).is_(None),
        col(DeliveryRow.payload_type) != TEST_EVENT,
    )


async def feed(uow: UnitOfWork, facts: ColumnElement[bool], after: int) -> AsyncIterator[list[DeliveryRow]]:
    """Batches of what has happened by now and is not withheld, after this number, locked."""
    known = (
        select(DeliveryRow)
        .where(facts, col(DeliveryRow.status) != "withheld")
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


async def sent_to(
    uow: UnitOfWork, facts: ColumnElement[bool], endpoint_id: UUID, after: int
) -> AsyncIterator[list[DeliveryRow]]:
    """Batches of what has left for one endpoint and is not withheld, after this number of the endpoint, locked."""
    left, last = select(DeliveryRow).where(facts), after
    left = left.where(col(DeliveryRow.endpoint_id) == endpoint_id, col(DeliveryRow.status) != "withheld")
    while True:
        statement = left.where(col(DeliveryRow.endpoint_sequence) > last).order_by(col(DeliveryRow.endpoint_sequence))
        locked = statement.limit(BATCH).with_for_update(key_share=True)
        rows = list((await uow.session.execute(locked)).scalars())
        if not rows:
            break
        last = max(row.endpoint_sequence or 0 for row in rows)
        yield rows
