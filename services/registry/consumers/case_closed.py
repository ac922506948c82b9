"""returns.case.closed: the neutral stop to whoever has nothing more to do."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import CaseOverSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_closed(seen: CaseOverSeen, *, uow: UnitOfWork) -> None:
    """returns.case.closed: the neutral stop to whoever has nothing more to do."""
    await follow_endings.case_closed(seen.case_id, uow=uow)
