"""registry.commitment.disputed: the word of the side to which it is owed."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import CommitmentSeen
from shared.database.unit_of_work import UnitOfWork


async def on_commitment_disputed(seen: CommitmentSeen, *, uow: UnitOfWork) -> None:
    """registry.commitment.disputed: the word of the side to which it is owed."""
    await record_partnership.commitment_disputed(seen, uow=uow)
