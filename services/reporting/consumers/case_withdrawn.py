"""returns.case.withdrawn: the day goes to the stage 'withdrawn'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_withdrawn(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.withdrawn: the day goes to the stage 'withdrawn'."""
    await record_stage.handle(seen.case_id, stage="withdrawn", on=seen.on, uow=uow)
