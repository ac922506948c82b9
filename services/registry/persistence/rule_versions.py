"""Finds rule versions: of a programme, in force on a day, in the way of another."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select

from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RuleVersionRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def version_of(
    uow: UnitOfWork, programme_id: UUID, rule_version_id: UUID, *, lock: bool = False
) -> RuleVersionRow:
    """A version of this programme; raises NotFound for another programme's."""
    row = await get_row(uow, RuleVersionRow, rule_version_id, lock=lock)
    if row.programme_id != programme_id:
        raise NotFound
    return row


async def next_number(uow: UnitOfWork, programme_id: UUID) -> int:
    """The number of the next version; the caller holds the programme's lock."""
    last = select(func.max(col(RuleVersionRow.number))).where(col(RuleVersionRow.programme_id) == programme_id)
    return (await uow.session.scalar(last) or 0) + 1


async def in_force(uow: UnitOfWork, programme_id: UUID, on: date) -> RuleVersionRow | None:
    """The published version that holds on a day."""
    statement = (
        select(RuleVersionRow)
        .where(
            col(RuleVersionRow.programme_id) == programme_id,
            col(RuleVersionRow.published_on).is_not(None),
            col(RuleVersionRow.valid_from) <= on,
            or_(col(RuleVersionRow.valid_to).is_(None), col(RuleVersionRow.valid_to) >= on),
        )
        .order_by(col(RuleVersionRow.valid_from).desc(), col(RuleVersionRow.number).desc())
        .limit(1)
    )
    found: RuleVersionRow | None = await uow.session.scalar(statement)
    return found


async def published_beside(uow: UnitOfWork, row: RuleVersionRow) -> list[RuleVersionRow]:
    """The other published versions of the programme, earliest first."""
    statement = (
        select(RuleVersionRow)
        .where(
            col(RuleVersionRow.programme_id) == row.programme_id,
            col(RuleVersionRow.id) != row.id,
            col(RuleVersionRow.published_on).is_not(None),
        )
        .order_by(col(RuleVersionRow.valid_from), col(RuleVersionRow.number))
    )
    return list((await uow.session.execute(statement)).scalars())


async def overlapping(uow: UnitOfWork, row: RuleVersionRow) -> list[RuleVersionRow]:
    """Published versions of the programme that hold on some day on which this one would, earliest first."""
    until = row.valid_to or date.max
    statement = (
        select(RuleVersionRow)
        .where(
            col(RuleVersionRow.programme_id) == row.programme_id,
            col(RuleVersionRow.id) != row.id,
            col(RuleVersionRow.published_on).is_not(None),
            col(RuleVersionRow.valid_from) <= until,
            or_(col(RuleVersionRow.valid_to).is_(None), col(RuleVersionRow.valid_to) >= row.valid_from),
        )
        .order_by(col(RuleVersionRow.valid_from), col(RuleVersionRow.number))
        .with_for_update(key_share=True)
    )
    return list((await uow.session.execute(statement)).scalars())
