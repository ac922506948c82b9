"""returns.case.requests-ended: a case that had ended long ago; whoever was told hears it now."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import CaseRequestsEndedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_requests_ended(seen: CaseRequestsEndedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.requests-ended: a case that had ended long ago; whoever was told hears it now."""
    await follow_endings.ended_before(seen, uow=uow)
