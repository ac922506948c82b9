"""Send kept facts again, for a log that was lost or replaced; consumers recognise the ids and skip what they know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from shared.auth.principal import Principal
from shared.database.units import Units

AGAIN = text(
    "UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL "
    "AND (CAST(:since AS timestamptz) IS NULL OR created_at >= :since)"
)


async def republish(units: Units, since: str | None) -> int:
    """Mark kept outbox rows (all, or since an RFC 3339 instant) unpublished; returns how many."""
    instant = datetime.fromisoformat(since) if since else None
    async with units.begin(actor=Principal.system("republish")) as uow:
        outcome = await uow.session.execute(AGAIN, {"since": instant})
        count = int(getattr(outcome, "rowcount", 0))
        uow.record("outbox.republished", subject="outbox", count=count)
    return count
