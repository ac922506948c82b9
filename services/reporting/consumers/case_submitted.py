"""returns.case.submitted: the day goes to the stage 'submitted'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_submitted(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.submitted: the day goes to the stage 'submitted'."""
    await record_stage.handle(seen.case_id, stage="submitted", on=seen.on, uow=uow)
