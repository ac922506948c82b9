"""Finds rows by id; absent ones are not found."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from shared.database.tables import Row
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

Found = TypeVar("Found", bound=Row)


async def get_row(uow: UnitOfWork, table: type[Found], row_id: UUID, *, lock: bool = False) -> Found:
    """The row, locked for a command; raises NotFound."""
    statement = select(table).where(col(table.id) == row_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = await uow.session.scalar(statement)
    if row is None:
        raise NotFound
    found: Found = row
    return found
