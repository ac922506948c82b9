"""returns.case.resumed: what is disclosed anew may leave again."""

from __future__ import annotations

from services.registry.commands import follow_endings, retry_waiting
from services.registry.contracts.consumed import CaseOverSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_resumed(seen: CaseOverSeen, *, uow: UnitOfWork) -> None:
    """returns.case.resumed: what is disclosed anew may leave again."""
    await follow_endings.case_resumed(seen.case_id, uow=uow)
    await retry_waiting.of_case(seen.case_id, uow=uow)
