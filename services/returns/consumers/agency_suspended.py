"""registry.agency.suspended: nothing is disclosed to it for the time being."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import AgencySuspendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_agency_suspended(seen: AgencySuspendedSeen, *, uow: UnitOfWork) -> None:
    """registry.agency.suspended: nothing is disclosed to it for the time being."""
    await learn.recipient_suspended(seen.agency_id, uow=uow)
