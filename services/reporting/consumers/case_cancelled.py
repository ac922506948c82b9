"""returns.case.cancelled: the day goes to the stage 'cancelled'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_cancelled(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.cancelled: the day goes to the stage 'cancelled'."""
    await record_stage.handle(seen.case_id, stage="cancelled", on=seen.on, uow=uow)
