"""returns.case.pre-departure-started: the day goes to the stage 'pre_departure'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_pre_departure_started(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.pre-departure-started: the day goes to the stage 'pre_departure'."""
    await record_stage.handle(seen.case_id, stage="pre_departure", on=seen.on, uow=uow)
