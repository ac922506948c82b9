"""Finds and claims runs of the certification."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from services.registry.persistence.certification_tables import CertificationRow
from shared.database.unit_of_work import UnitOfWork

CLAIM_SECONDS = 600
GONE_LIVE = ("passed", "taken_over")
CLAIM = text(
    "UPDATE certification SET status = 'running', claimed_until = :now + make_interval(secs => :seconds) WHERE id = ("
    " SELECT id FROM certification WHERE status = 'queued' OR (status = 'running' AND claimed_until < :now)"
    " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)


async def claim_run(uow: UnitOfWork) -> UUID | None:
    """The oldest run that waits, or whose process died, for this process."""
    found: UUID | None = await uow.session.scalar(CLAIM, {"now": uow.now, "seconds": CLAIM_SECONDS})
    return found


async def may_go_live(uow: UnitOfWork, endpoint_id: UUID) -> bool:
    """Whether an endpoint has ever passed, or was there before certification."""
    statement = select(CertificationRow.id).where(
        col(CertificationRow.endpoint_id) == endpoint_id, col(CertificationRow.status).in_(GONE_LIVE)
    )
    return await uow.session.scalar(statement.limit(1)) is not None
