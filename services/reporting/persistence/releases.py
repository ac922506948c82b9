"""Finds releases, and what took their place."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.reporting.persistence.release_tables import ReleaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def find_release(uow: UnitOfWork, release_id: UUID, *, lock: bool = False) -> ReleaseRow:
    """A release; raises NotFound."""
    statement = select(ReleaseRow).where(col(ReleaseRow.id) == release_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    found: ReleaseRow | None = await uow.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def restatement_of(uow: UnitOfWork, release_id: UUID) -> UUID | None:
    """The release that took the place of this one."""
    statement = select(col(ReleaseRow.id)).where(col(ReleaseRow.restates_id) == release_id)
    found: UUID | None = await uow.session.scalar(statement)
    return found
