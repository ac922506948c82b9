"""Lists of cases in the caller's scope, and a case's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, text
from sqlmodel import col, select

from services.returns.domain.access import AUTHORITY_ROLES, OFFICE_ROLES
from services.returns.persistence.tables import HistoryRow, ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset_of_many

SUBMITTED = text("return_case.state <> 'DRAFT'")
"""As a constant, so that the index that leaves drafts out can be used."""


@dataclass(frozen=True)
class Scope:
    """A part of what somebody may see that an index lists in order; the parts have no case in common."""

    where: ColumnElement[bool]
    due_on: Any

    @property
    def cases(self) -> Select[Any]:
        """The cases of this part."""
        return select(ReturnCaseRow).where(self.where)


def scopes_of(actor: Principal) -> list[Scope]:
    """The same rule as the policies, as conditions: each office, and the authority from submission on."""
    row = ReturnCaseRow
    offices = sorted(actor.offices) if any(actor.has(role) for role in OFFICE_ROLES) else []
    scopes = [Scope(col(row.office_id) == office, col(row.office_due_on)) for office in offices]
    if actor.authority_id is not None and any(actor.has(role) for role in AUTHORITY_ROLES):
        decided_there = and_(col(row.authority_id) == actor.authority_id, SUBMITTED)
        if offices:
            decided_there = and_(decided_there, col(row.office_id).not_in(offices))
        scopes.append(Scope(decided_there, col(row.authority_due_on)))
    return scopes


async def cases_in_scope(
    uow: UnitOfWork, page: PageRequest, *, state: str | None
) -> tuple[list[ReturnCaseRow], str | None]:
    """One page, newest first."""
    lists = [scope.cases for scope in scopes_of(uow.actor)]
    if state is not None:
        lists = [cases.where(col(ReturnCaseRow.state) == state) for cases in lists]
    ways = [(cases, (col(ReturnCaseRow.id),)) for cases in lists]
    return await keyset_of_many(uow.session, ways, page, descending=True)


async def case_history(uow: UnitOfWork, case_id: UUID) -> list[HistoryRow]:
    """Everything that happened to a case, in order."""
    statement = select(HistoryRow).where(col(HistoryRow.case_id) == case_id).order_by(col(HistoryRow.id))
    return list((await uow.session.execute(statement)).scalars())
