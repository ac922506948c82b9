"""Lists of rows, page by page."""

from __future__ import annotations

from typing import TypeVar
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


async def register_of(uow: UnitOfWork, case_id: UUID | None, person_ref: str | None) -> list[RegisterRow]:
    """Who was told what about a case, or about a person over all cases, oldest first; what is outside the caller's
    scope as if it did not exist."""
    statement = select(RegisterRow).order_by(col(RegisterRow.id))
    if case_id is not None:
        statement = statement.where(col(RegisterRow.case_id) == case_id)
    if person_ref is not None:
        statement = statement.where(col(RegisterRow.person_refs).contains([person_ref]))
    rows: list[RegisterRow] = list((await uow.session.execute(statement)).scalars())
    if uow.actor.has("auditor"):
        return rows
    known = select(KnownCaseRow).where(col(KnownCaseRow.case_id).in_({row.case_id for row in rows}))
    cases = (await uow.session.execute(known)).scalars()
    own = {case.case_id for case in cases if may_ask_about(uow.actor, case)}
    return [row for row in rows if row.case_id in own]
