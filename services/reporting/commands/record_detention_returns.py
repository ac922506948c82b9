"""Returns from detention come as counts; the last count of a month replaces the earlier one."""

from __future__ import annotations

from services.reporting.contracts.consumed_persons import DetentionReturnsCountedSeen
from services.reporting.persistence.facts import upsert
from services.reporting.persistence.tables import DetentionReturns
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: DetentionReturnsCountedSeen, *, uow: UnitOfWork) -> None:
    """Keep the count."""
    key = {"programme_id": seen.programme_id, "month": seen.month}
    await upsert(uow, DetentionReturns, key, {"persons_count": seen.persons_count})
