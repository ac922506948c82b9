"""returns.case.return-failed: who had left is back and no longer counts as returned."""

from __future__ import annotations

from services.reporting.commands import record_travel
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_return_failed(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.return-failed: who had left is back and no longer counts as returned."""
    await record_travel.failed(seen, uow=uow)
