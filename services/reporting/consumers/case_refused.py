"""returns.case.refused: the day goes to the stage 'refused'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_refused(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.refused: the day goes to the stage 'refused'."""
    await record_stage.handle(seen.case_id, stage="refused", on=seen.on, uow=uow)
