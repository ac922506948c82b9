"""returns.case.suspended: the neutral stop to whoever was told."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import CaseOverSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_suspended(seen: CaseOverSeen, *, uow: UnitOfWork) -> None:
    """returns.case.suspended: the neutral stop to whoever was told."""
    await project_disclosure.case_suspended(seen.case_id, uow=uow)
