"""returns.case.handed-over: the day goes to the stage 'handed_over'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_handed_over(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.handed-over: the day goes to the stage 'handed_over'."""
    await record_stage.handle(seen.case_id, stage="handed_over", on=seen.on, uow=uow)
