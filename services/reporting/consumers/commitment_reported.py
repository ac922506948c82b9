"""registry.commitment.reported: the word of the side that owes it."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import CommitmentSeen
from shared.database.unit_of_work import UnitOfWork


async def on_commitment_reported(seen: CommitmentSeen, *, uow: UnitOfWork) -> None:
    """registry.commitment.reported: the word of the side that owes it."""
    await record_partnership.commitment_reported(seen, uow=uow)
