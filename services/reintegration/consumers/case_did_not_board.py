"""returns.case.did-not-board: somebody stayed behind."""

from __future__ import annotations

from services.reintegration.commands import leave_behind
from services.reintegration.contracts.consumed import CaseDidNotBoardSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_did_not_board(seen: CaseDidNotBoardSeen, *, uow: UnitOfWork) -> None:
    """returns.case.did-not-board: somebody stayed behind."""
    await leave_behind.handle(seen, uow=uow)
