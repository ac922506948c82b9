"""returns.case.eligibility-determined: the day goes to the stage 'eligibility_determined'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_eligibility_determined(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.eligibility-determined: the day goes to the stage 'eligibility_determined'."""
    await record_stage.handle(seen.case_id, stage="eligibility_determined", on=seen.on, uow=uow)
