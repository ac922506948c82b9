"""Reads links between files, as far as the reader may see both sides."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import and_, col, or_, select

from services.returns.persistence.family_tables import CaseLinkRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


async def find_link(uow: UnitOfWork, link_id: UUID) -> CaseLinkRow | None:
    """The link, locked."""
    statement = select(CaseLinkRow).where(col(CaseLinkRow.id) == link_id).with_for_update()
    found: CaseLinkRow | None = await uow.session.scalar(statement)
    return found


async def live_link(uow: UnitOfWork, one: UUID, other: UUID, kind: str) -> CaseLinkRow | None:
    """The link of this kind between two files, in either direction, that has not ended."""
    table = CaseLinkRow
    forth = and_(col(table.case_id) == one, col(table.other_case_id) == other)
    back = and_(col(table.case_id) == other, col(table.other_case_id) == one)
    statement = select(table).where(or_(forth, back), col(table.kind) == kind, col(table.ended_on).is_(None))
    found: CaseLinkRow | None = await uow.session.scalar(statement.limit(1))
    return found


async def links_of(uow: UnitOfWork, case_id: UUID) -> list[tuple[CaseLinkRow, ReturnCaseRow]]:
    """All links of a file with the file on their other side, oldest first."""
    table = CaseLinkRow
    other = or_(
        and_(col(table.case_id) == case_id, col(table.other_case_id) == col(ReturnCaseRow.id)),
        and_(col(table.other_case_id) == case_id, col(table.case_id) == col(ReturnCaseRow.id)),
    )
    statement = select(table, ReturnCaseRow).join(ReturnCaseRow, other).order_by(col(table.id))
    return [(link, case) for link, case in (await uow.session.execute(statement)).all()]
