"""Finds and claims runs of the certification."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from shared.database.unit_of_work import UnitOfWork

CLAIM_SECONDS = 600
CLAIM = text(
    "UPDATE certification SET status = 'running', claimed_until = :now + make_interval(secs => :seconds) WHERE id = ("
    " SELECT id FROM certification WHERE status = 'queued' OR (status = 'running' AND claimed_until < :now)"
    " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)


async def claim_run(uow: UnitOfWork) -> UUID | None:
    """The oldest run that waits, or whose process died, for this process."""
    found: UUID | None = await uow.session.scalar(CLAIM, {"now": uow.now, "seconds": CLAIM_SECONDS})
    return found
