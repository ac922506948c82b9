"""Loads and keeps complaints, their sealed texts, and who may see which."""

from __future__ import annotations

from datetime import date, datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.returns.domain.complaints import OPEN, may_handle
from services.returns.persistence.complaint_tables import ComplaintRow, PublicPaceRow
from services.returns.persistence.secret_codes import code_digest
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset
from shared.protection.vault import Sealed

PURPOSE = "complaint"


async def load_complaint(uow: UnitOfWork, complaint_id: UUID) -> ComplaintRow:
    """The complaint, locked, if it is the caller's to handle. Raises NotFound."""
    statement = select(ComplaintRow).where(col(ComplaintRow.id) == complaint_id)
    row = await uow.session.scalar(statement.with_for_update(key_share=True))
    if row is None:
        raise NotFound
    require(uow.actor, may_handle, row)
    return row


async def complaint_as_received(uow: UnitOfWork, complaint_id: UUID) -> ComplaintRow:
    """The complaint for whoever recorded it and repeats the request; nothing is opened. Raises NotFound."""
    row = await uow.session.get(ComplaintRow, complaint_id)
    if row is None:
        raise NotFound
    return row


async def complaint_by_code(uow: UnitOfWork, code: str) -> ComplaintRow:
    """The complaint behind a receipt code. Raises NotFound, the same for whatever is not one."""
    digest = code_digest(code, purpose=PURPOSE)
    row = await uow.session.scalar(select(ComplaintRow).where(col(ComplaintRow.code_digest) == digest))
    if row is None or not compare_digest(bytes(row.code_digest), digest):
        raise NotFound
    return row


async def complaints_to_handle(
    uow: UnitOfWork, page: PageRequest, *, status: str | None, late: bool, due: bool = False
) -> tuple[list[ComplaintRow], str | None]:
    """The caller's queue, what is to be answered first in front; `due`: open ones, what is to be done first."""
    row = ComplaintRow
    statement = select(row).where(_in_queue(uow.actor))
    if status is not None:
        statement = statement.where(col(row.status) == status)
    if late:
        statement = statement.where(_late(uow.now))
    if due:
        running = statement.where(col(row.due_at).is_not(None))
        return await keyset(uow.session, running, page, col(row.due_at), col(row.id))
    return await keyset(uow.session, statement, page, col(row.answer_by), col(row.id))


def _in_queue(actor: Principal) -> ColumnElement[bool]:
    """The same rule as `may_handle`, as a condition."""
    row = ComplaintRow
    if not actor.has("complaints_officer"):
        return false()
    offices = sorted(actor.offices)
    elsewhere = or_(col(row.office_id).is_(None), col(row.office_id).not_in(offices))
    of_authority = and_(col(row.authority_id) == actor.authority_id, or_(~col(row.misconduct), elsewhere))
    of_office = and_(col(row.office_id).in_(offices), ~col(row.misconduct))
    return and_(or_(of_authority, of_office), ~col(row.excluded).contains([actor.subject]))


def _late(now: datetime) -> ColumnElement[bool]:
    row = ComplaintRow
    unseen = and_(col(row.acknowledged_at).is_(None), col(row.acknowledge_by) < now)
    unanswered = and_(col(row.answered_on).is_(None), col(row.answer_by) < now.date())
    return and_(col(row.status).in_(OPEN), or_(unseen, unanswered))


async def closed_before(uow: UnitOfWork, day: date) -> list[UUID]:
    """Closed complaints whose texts have been kept long enough."""
    row = ComplaintRow
    statement = select(col(row.id)).where(col(row.closed_on) <= day, col(row.destroyed_on).is_(None))
    return list((await uow.session.execute(statement)).scalars())


async def seal_text(uow: UnitOfWork, row: ComplaintRow, column: str, text: str | None) -> None:
    """Seal the account, contact or answer under the complaint's own key."""
    if text is not None:
        sealed = await uow.vault.seal(Sealed(row.id, "complaint", column, text.encode()))
        setattr(row, f"sealed_{column}", sealed)


async def open_texts(uow: UnitOfWork, row: ComplaintRow, *columns: str, purpose: str) -> dict[str, str | None]:
    """Texts by column, audited; None where there is none or the key is destroyed."""
    held = {name: getattr(row, f"sealed_{name}") for name in columns}
    items = [Sealed(row.id, "complaint", name, bytes(value)) for name, value in held.items() if value is not None]
    opened = await uow.vault.open_many(items, purpose=purpose)
    texts = {item.column: value.decode() for item, value in zip(items, opened, strict=True) if value is not None}
    return {name: texts.get(name) for name in columns}


async def count_knock(uow: UnitOfWork, door: str) -> int:
    """Count one request at an open door; how many it was in this minute."""
    minute = uow.now.replace(second=0, microsecond=0)
    fresh = insert(PublicPaceRow).values(door=door, minute=minute, requests=1)
    running = col(PublicPaceRow.minute) >= minute  # a clock that is a little behind must not start it again
    again = {
        "minute": func.greatest(col(PublicPaceRow.minute), minute),
        "requests": case((running, col(PublicPaceRow.requests) + 1), else_=1),
    }
    statement = fresh.on_conflict_do_update(index_elements=["door"], set_=again)
    return int(await uow.session.scalar(statement.returning(col(PublicPaceRow.requests))) or 0)
