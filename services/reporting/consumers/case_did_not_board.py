"""returns.case.did-not-board: the day goes to the stage 'did_not_board'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_did_not_board(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.did-not-board: the day goes to the stage 'did_not_board'."""
    await record_stage.handle(seen.case_id, stage="did_not_board", on=seen.on, uow=uow)
