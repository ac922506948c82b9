"""What the card says of support that waits: kept as codes and days, and gone when it goes on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.returns.persistence.card_tables import CardNewsRow
from shared.database.unit_of_work import UnitOfWork


async def keep_news(uow: UnitOfWork, values: dict[str, Any]) -> None:
    """Note it, or another day for it."""
    statement = insert(CardNewsRow).values(**values)
    changed = {"until": values["until"], "code": values["code"]}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["subject_id"], set_=changed))


async def forget_news(uow: UnitOfWork, subject_id: UUID) -> None:
    """Nothing to say of this measure or payment any more."""
    await uow.session.execute(delete(CardNewsRow).where(col(CardNewsRow.subject_id) == subject_id))


async def forget_failed_payments(uow: UnitOfWork, line_id: str) -> None:
    """Nothing to say of payments of this line that came back."""
    await uow.session.execute(delete(CardNewsRow).where(col(CardNewsRow.line_id) == line_id))


async def forget_news_of(uow: UnitOfWork, person_ref: str) -> None:
    """There is nobody any more to be told this."""
    await uow.session.execute(delete(CardNewsRow).where(col(CardNewsRow.person_ref) == person_ref))


async def news_for(uow: UnitOfWork, case_id: UUID, person_ref: str, line_ids: list[str]) -> list[CardNewsRow]:
    """What this person may know: of the family together, of themselves, and of lines granted to them."""
    row = CardNewsRow
    theirs = or_(col(row.person_ref) == person_ref, col(row.line_id).in_(line_ids))
    of_all = col(row.person_ref).is_(None) & col(row.line_id).is_(None)
    statement = select(row).where(col(row.case_id) == case_id, or_(of_all, theirs))
    return list((await uow.session.execute(statement.order_by(col(row.until), col(row.subject_id)))).scalars())
