"""Keeps and finds what waits to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select

from services.registry.persistence.waiting_tables import WaitingFactRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

AT_ONCE = 500


async def keep_waiting(
    uow: UnitOfWork,
    payload_type: str,
    subject_id: UUID,
    *,
    case_id: UUID,
    recipient_id: UUID,
    fact: dict[str, Any],
    lacking: Sequence[str],
) -> bool:
    """Let it wait; whether it lacks something else than before, or begins to wait."""
    row = await waiting(uow, payload_type, subject_id)
    told = None if row is None else row.lacking
    values: dict[str, Any] = {"case_id": case_id, "recipient_id": recipient_id, "fact": fact, "lacking": list(lacking)}
    if row is None:
        about: dict[str, Any] = {"payload_type": payload_type, "subject_id": subject_id, **values}
        row = WaitingFactRow(**about, created_at=uow.now, updated_at=uow.now)
        uow.session.add(row)
    else:
        row.sqlmodel_update(values)
        touch(row, now=uow.now)
    await uow.session.flush()
    return told != row.lacking


async def waiting(uow: UnitOfWork, payload_type: str, subject_id: UUID) -> WaitingFactRow | None:
    """What waits of this subject, locked."""
    where = (col(WaitingFactRow.payload_type) == payload_type, col(WaitingFactRow.subject_id) == subject_id)
    found: WaitingFactRow | None = await uow.session.scalar(
        select(WaitingFactRow).where(*where).with_for_update(key_share=True)
    )
    return found


async def waits_no_more(uow: UnitOfWork, payload_type: str, subject_id: UUID) -> None:
    """It was told, or there is nothing to be told any more."""
    where = (col(WaitingFactRow.payload_type) == payload_type, col(WaitingFactRow.subject_id) == subject_id)
    await uow.session.execute(delete(WaitingFactRow).where(*where))


async def waiting_where(uow: UnitOfWork, *where: ColumnElement[bool]) -> list[WaitingFactRow]:
    """What waits, the oldest first, locked; at most 500, the timer comes to the others."""
    statement = select(WaitingFactRow).where(*where).order_by(col(WaitingFactRow.id)).limit(AT_ONCE)
    return list((await uow.session.execute(statement.with_for_update(key_share=True))).scalars())


async def waiting_ids(uow: UnitOfWork) -> list[UUID]:
    """Ids of everything that waits, the oldest first."""
    return list((await uow.session.execute(select(col(WaitingFactRow.id)).order_by(col(WaitingFactRow.id)))).scalars())
