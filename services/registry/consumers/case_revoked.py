"""returns.case.revoked: the neutral stop to whoever was told."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import CaseOverSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_revoked(seen: CaseOverSeen, *, uow: UnitOfWork) -> None:
    """returns.case.revoked: the neutral stop to whoever was told."""
    await project_disclosure.case_over(seen.case_id, uow=uow)
