"""registry.commitment.settled: the last word of the side to which it was owed."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import CommitmentSettledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_commitment_settled(seen: CommitmentSettledSeen, *, uow: UnitOfWork) -> None:
    """registry.commitment.settled: the last word of the side to which it was owed."""
    await record_partnership.commitment_settled(seen, uow=uow)
