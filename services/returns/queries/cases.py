"""Lists of cases in the caller's scope, and a case's history."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from services.returns.domain.access import AUTHORITY_ROLES, OFFICE_ROLES
from services.returns.domain.case_view import State
from services.returns.persistence.tables import HistoryRow, ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


def in_scope(actor: Principal) -> ColumnElement[bool]:
    """The same rule as the policies, as a condition."""
    offices = sorted(actor.offices) if any(actor.has(role) for role in OFFICE_ROLES) else []
    authority = actor.authority_id if any(actor.has(role) for role in AUTHORITY_ROLES) else None
    return or_(
        col(ReturnCaseRow.office_id).in_(offices),
        and_(col(ReturnCaseRow.authority_id) == authority, col(ReturnCaseRow.state) != State.DRAFT.value),
    )


async def cases_in_scope(
    uow: UnitOfWork, page: PageRequest, *, state: str | None
) -> tuple[list[ReturnCaseRow], str | None]:
    """One page, newest first."""
    statement = select(ReturnCaseRow).where(in_scope(uow.actor))
    if state is not None:
        statement = statement.where(col(ReturnCaseRow.state) == state)
    return await keyset(uow.session, statement, page, col(ReturnCaseRow.id), descending=True)


async def case_history(uow: UnitOfWork, case_id: UUID) -> list[HistoryRow]:
    """Everything that happened to a case, in order."""
    statement = select(HistoryRow).where(col(HistoryRow.case_id) == case_id).order_by(col(HistoryRow.id))
    return list((await uow.session.execute(statement)).scalars())
