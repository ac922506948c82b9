"""Reading rows as they are now: what was loaded before a lock was taken may be stale, and is read again.

Locks are taken FOR NO KEY UPDATE (`key_share=True`): a foreign key to a locked row does not wait for it, which would
turn the order of locks around.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel.sql.expression import SelectOfScalar

from shared.database.unit_of_work import UnitOfWork

RowT = TypeVar("RowT")


async def one(uow: UnitOfWork, statement: SelectOfScalar[RowT]) -> RowT | None:
    """The row of a statement, read anew; changes made in this unit are flushed first, so none is lost."""
    await uow.session.flush()
    row: RowT | None = await uow.session.scalar(statement.execution_options(populate_existing=True))
    return row


async def every(uow: UnitOfWork, statement: SelectOfScalar[RowT]) -> Sequence[RowT]:
    """All rows of a statement, read anew."""
    await uow.session.flush()
    found: Any = await uow.session.scalars(statement.execution_options(populate_existing=True))
    rows: Sequence[RowT] = found.all()
    return rows
