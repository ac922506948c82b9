"""returns.case.cancelled: it ended, or its people left by themselves: that is no assisted return, and no failure."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseCancelledSeen
from shared.database.unit_of_work import UnitOfWork

UNASSISTED = "departed_unassisted"


async def on_case_cancelled(seen: CaseCancelledSeen, *, uow: UnitOfWork) -> None:
    """returns.case.cancelled: the day goes to the stage 'cancelled', 'departed_unassisted' or 'closed_after_death'."""
    if seen.outcome == UNASSISTED:
        await record_stage.handle(seen.case_id, stage=UNASSISTED, on=seen.on, uow=uow)
    else:
        await record_stage.cancelled(seen.case_id, on=seen.on, uow=uow)
