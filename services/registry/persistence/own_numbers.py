"""The last numbers of what belongs to no case, of recipients and of endpoints, and the lock under which they are taken.

What has a number keeps it, so that the last one is the highest there is.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import col, select

from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork

OF_RECIPIENTS = text(
    "SELECT own.id, (SELECT max(d.sequence) FROM delivery d WHERE d.recipient_id = own.id AND d.case_id IS NULL)"
    " FROM unnest(CAST(:ids AS uuid[])) AS own (id)"
)
OF_ENDPOINTS = text(
    "SELECT own.id, (SELECT max(d.endpoint_sequence) FROM delivery d"
    " WHERE d.endpoint_id = own.id AND d.case_id IS NULL)"
    " FROM unnest(CAST(:ids AS uuid[])) AS own (id)"
)


async def lock_recipients(uow: UnitOfWork, ids: set[UUID], *, skip_locked: bool) -> set[UUID]:
    """Which of them are locked now: all, or those that nobody else holds."""
    statement = (
        select(RecipientRow.id)
        .where(col(RecipientRow.id).in_(ids))
        .order_by(col(RecipientRow.id))
        .with_for_update(key_share=True, skip_locked=skip_locked)
    )
    return set((await uow.session.execute(statement)).scalars())


async def last_of_recipients(uow: UnitOfWork, ids: set[UUID]) -> dict[UUID, int]:
    """The last number of each recipient; 0 before the first."""
    return await _last(uow, OF_RECIPIENTS, ids)


async def last_of_endpoints(uow: UnitOfWork, ids: set[UUID]) -> dict[UUID, int]:
    """The last number of each endpoint; 0 before the first."""
    return await _last(uow, OF_ENDPOINTS, ids)


async def _last(uow: UnitOfWork, statement: TextClause, ids: set[UUID]) -> dict[UUID, int]:
    await uow.session.flush()
    return {owner: last or 0 for owner, last in (await uow.session.execute(statement, {"ids": list(ids)})).all()}
