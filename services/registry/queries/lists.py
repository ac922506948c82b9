"""Lists of rows, page by page."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from services.registry.domain.case_scope import may_ask_about
from services.registry.persistence.disclosure_tables import KnownCaseRow, RegisterRow
from shared.database.tables import Row
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset

Found = TypeVar("Found", bound=Row)


async def page_of(
    uow: UnitOfWork, table: type[Found], page: PageRequest, *conditions: ColumnElement[bool]
) -> tuple[list[Found], str | None]:
    """One page of a table in the order of entry."""
    return await keyset(uow.session, select(table).where(*conditions), page, col(table.id))


async def register_of(uow: UnitOfWork, case_id: UUID, person_ref: str | None) -> list[RegisterRow]:
    """Who was told what about a case, oldest first; outside the caller's scope as for a case that does not exist."""
    if not may_ask_about(uow.actor, await uow.session.get(KnownCaseRow, case_id)) and not uow.actor.has("auditor"):
        return []
    statement = select(RegisterRow).where(col(RegisterRow.case_id) == case_id).order_by(col(RegisterRow.id))
    rows: list[Any] = list((await uow.session.execute(statement)).scalars())
    return [row for row in rows if person_ref is None or person_ref in row.person_refs]
