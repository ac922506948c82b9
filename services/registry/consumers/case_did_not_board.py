"""returns.case.did-not-board: whoever expects somebody learns that nobody comes."""

from __future__ import annotations

from services.registry.commands.tell_journey import tell_not_boarded
from services.registry.contracts.consumed import DidNotBoardSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_did_not_board(seen: DidNotBoardSeen, *, uow: UnitOfWork) -> None:
    """returns.case.did-not-board: whoever expects somebody learns that nobody comes."""
    await tell_not_boarded(seen, uow=uow)
