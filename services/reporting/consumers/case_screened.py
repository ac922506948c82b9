"""returns.case.screened: the day goes to the stage 'screened'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_screened(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.screened: the day goes to the stage 'screened'."""
    await record_stage.handle(seen.case_id, stage="screened", on=seen.on, uow=uow)
