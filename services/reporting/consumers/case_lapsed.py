"""returns.case.lapsed: the day goes to the stage 'lapsed'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_lapsed(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.lapsed: the day goes to the stage 'lapsed'."""
    await record_stage.handle(seen.case_id, stage="lapsed", on=seen.on, uow=uow)
