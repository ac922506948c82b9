"""registry.commitment.agreed: from now on it is owed."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import CommitmentSeen
from shared.database.unit_of_work import UnitOfWork


async def on_commitment_agreed(seen: CommitmentSeen, *, uow: UnitOfWork) -> None:
    """registry.commitment.agreed: from now on it is owed."""
    await record_partnership.commitment_agreed(seen, uow=uow)
