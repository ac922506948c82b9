"""returns.case.ready: the day goes to the stage 'ready'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_ready(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.ready: the day goes to the stage 'ready'."""
    await record_stage.handle(seen.case_id, stage="ready", on=seen.on, uow=uow)
