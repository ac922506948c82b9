"""The cases a recipient knows, or may hear of now: how somebody without a server finds what there is to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.check_disclosure import Decision, decide
from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class AgencyCase:
    """A case under the recipient's own name, and when something was last to be told about it."""

    agency_case_ref: str
    last_sequence: int
    ended_on: date | None
    last_news_at: datetime


async def handle(uow: UnitOfWork, recipient_id: UUID, *, ended: bool, limit: int) -> list[AgencyCase]:
    """Newest news first. A case that was not told yet is shown only if something of it may leave at this moment."""
    known = select(AgencyCaseRow).where(col(AgencyCaseRow.recipient_id) == recipient_id)
    known = known.where(col(AgencyCaseRow.ended_on).is_not(None) if ended else col(AgencyCaseRow.ended_on).is_(None))
    cases = {row.agency_case_ref: row for row in (await uow.session.execute(known)).scalars()}
    news = select(DeliveryRow).where(
        col(DeliveryRow.agency_case_ref).in_(cases),
        col(DeliveryRow.copy_of).is_(None),
        col(DeliveryRow.status) != "withheld",
        col(DeliveryRow.occurred_at) <= uow.now,
    )
    rows = list((await uow.session.execute(news)).scalars())
    open_now = await decide(uow, [row for row in rows if not cases[row.agency_case_ref or ""].told])
    last: dict[str, datetime] = {}
    for row in rows:
        reference = row.agency_case_ref or ""
        if cases[reference].told or open_now[row.id] is Decision.LEAVE:
            last[reference] = max(row.occurred_at, last.get(reference, row.occurred_at))
    shown = sorted(last, key=lambda reference: last[reference], reverse=True)[:limit]
    return [_shown(cases[reference], last[reference]) for reference in shown]


def _shown(row: AgencyCaseRow, at: datetime) -> AgencyCase:
    return AgencyCase(row.agency_case_ref, row.last_sequence, row.ended_on, at)
