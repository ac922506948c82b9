"""returns.case.lapsed: two officers recorded that the period is over."""

from __future__ import annotations

from services.reintegration.commands import end_case
from services.reintegration.contracts.consumed import CaseEndedSeen
from services.reintegration.domain.case_standing import Standing
from shared.database.unit_of_work import UnitOfWork


async def on_case_lapsed(seen: CaseEndedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.lapsed: two officers recorded that the period is over."""
    await end_case.handle(seen, Standing.CANCELLED, uow=uow)
