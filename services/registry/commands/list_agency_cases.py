"""The cases a recipient knows, or may hear of now: how somebody without a server finds what there is to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.registry.commands.check_disclosure import decide
from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow
from services.registry.persistence.duties import end_is_told
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import CursorNotValid, PageRequest, decode_cursor, encode_cursor


@dataclass(frozen=True)
class AgencyCase:
    """A case under the recipient's own name, and when something was last to be told about it."""

    agency_case_ref: str
    last_sequence: int
    ended_on: date | None
    last_news_at: datetime


async def handle(
    uow: UnitOfWork, recipient_id: UUID, page: PageRequest, *, ended: bool, begins: str = ""
) -> tuple[list[AgencyCase], str | None]:
    """Newest news first, and the next cursor. A case that was not told yet is shown only if something of it may leave
    at this moment. Raises CursorNotValid."""
    known = select(AgencyCaseRow).where(col(AgencyCaseRow.recipient_id) == recipient_id)
    known = known.where(end_is_told(uow.now) if ended else ~end_is_told(uow.now))
    known = known.where(col(AgencyCaseRow.agency_case_ref).startswith(begins, autoescape=True))
    cases = {row.agency_case_ref: row for row in (await uow.session.execute(known)).scalars()}
    news = await _told(uow, [reference for reference, row in cases.items() if row.told])
    news |= await _may_be_told(uow, [reference for reference, row in cases.items() if not row.told])
    ordered = sorted(((at, reference) for reference, at in news.items()), reverse=True)
    if page.cursor is not None:
        before = _position(page.cursor)
        ordered = [place for place in ordered if place < before]
    shown = ordered[: page.limit]
    cursor = encode_cursor(shown[-1]) if len(ordered) > page.limit else None
    return [_shown(cases[reference], at, ended=ended) for at, reference in shown], cursor


async def _told(uow: UnitOfWork, references: Sequence[str]) -> dict[str, datetime]:
    statement = _of(select(DeliveryRow.agency_case_ref, func.max(col(DeliveryRow.occurred_at))), uow, references)
    found = await uow.session.execute(statement.group_by(col(DeliveryRow.agency_case_ref)))
    return {reference: at for reference, at in found.all() if reference is not None}


async def _may_be_told(uow: UnitOfWork, references: Sequence[str]) -> dict[str, datetime]:
    rows = list((await uow.session.execute(_of(select(DeliveryRow), uow, references))).scalars())
    last = dict[str, datetime]()
    for row in (await decide(uow, rows)).leaving(rows):
        if row.agency_case_ref is not None:
            last[row.agency_case_ref] = max(row.occurred_at, last.get(row.agency_case_ref, row.occurred_at))
    return last


def _of(statement: Any, uow: UnitOfWork, references: Sequence[str]) -> Any:
    return statement.where(
        col(DeliveryRow.agency_case_ref).in_(references),
        col(DeliveryRow.copy_of).is_(None),
        col(DeliveryRow.status) != "withheld",
        col(DeliveryRow.occurred_at) <= uow.now,
    )


def _position(cursor: str) -> tuple[datetime, str]:
    at, reference = decode_cursor(cursor, 2)
    if not isinstance(at, datetime) or at.tzinfo is None or not isinstance(reference, str):
        raise CursorNotValid
    return at, reference


def _shown(row: AgencyCaseRow, at: datetime, *, ended: bool) -> AgencyCase:
    return AgencyCase(row.agency_case_ref, row.last_sequence, row.ended_on if ended else None, at)
