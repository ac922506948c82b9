"""returns.case.closed: the day goes to the stage 'closed'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_closed(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.closed: the day goes to the stage 'closed'."""
    await record_stage.handle(seen.case_id, stage="closed", on=seen.on, uow=uow)
