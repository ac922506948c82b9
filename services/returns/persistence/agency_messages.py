"""Finds messages of agencies about a case, and those without effect that nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.returns.persistence.disclosure_tables import AgencyMessageRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

NOT_APPLIED = "not-applied"


async def messages_of(uow: UnitOfWork, case_id: UUID, *, outcome: str | None = None) -> list[AgencyMessageRow]:
    """All of a case, or those with this outcome, the newest first."""
    row = AgencyMessageRow
    statement = select(row).where(col(row.case_id) == case_id)
    if outcome is not None:
        statement = statement.where(col(row.outcome) == outcome)
    ordered = statement.order_by(col(row.received_on).desc(), col(row.message_id).desc())
    return list((await uow.session.execute(ordered)).scalars())


async def message_of(uow: UnitOfWork, case_id: UUID, message_id: UUID) -> AgencyMessageRow:
    """One of a case, locked; raises NotFound."""
    row = await uow.session.get(AgencyMessageRow, message_id, with_for_update={"key_share": True})
    if row is None or row.case_id != case_id:
        raise NotFound
    return row


async def not_looked_at(uow: UnitOfWork, case_id: UUID) -> dict[str, date]:
    """Messages without effect that nobody has looked at, with the day on which each came."""
    row = AgencyMessageRow
    statement = select(row).where(col(row.case_id) == case_id, col(row.outcome) == NOT_APPLIED)
    found = (await uow.session.execute(statement.where(col(row.looked_on).is_(None)))).scalars()
    return {str(message.message_id): message.received_on for message in found}


async def by_id(uow: UnitOfWork, message_ids: Iterable[UUID]) -> dict[str, AgencyMessageRow]:
    """Messages by their ids as text."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    statement = select(AgencyMessageRow).where(col(AgencyMessageRow.message_id).in_(wanted))
    return {str(row.message_id): row for row in (await uow.session.execute(statement)).scalars()}
