"""returns.case.approved: the day goes to the stage 'approved', and an earlier refusal or revocation is over."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_approved(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.approved: the day goes to the stage 'approved', and the case is on the path again."""
    await record_stage.goes_on(seen.case_id, uow=uow)
    await record_stage.handle(seen.case_id, stage="approved", on=seen.on, uow=uow)
