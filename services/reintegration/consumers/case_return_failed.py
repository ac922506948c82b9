"""returns.case.return-failed: the journey broke off on the way."""

from __future__ import annotations

from services.reintegration.commands import end_case
from services.reintegration.contracts.consumed import CaseEndedSeen
from services.reintegration.domain.case_standing import Standing
from shared.database.unit_of_work import UnitOfWork


async def on_case_return_failed(seen: CaseEndedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.return-failed: the journey broke off on the way."""
    await end_case.handle(seen, Standing.RETURN_FAILED, uow=uow)
