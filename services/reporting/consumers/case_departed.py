"""returns.case.departed: who left, and when."""

from __future__ import annotations

from services.reporting.commands import record_travel
from services.reporting.contracts.consumed import CaseTravelSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_departed(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """returns.case.departed: who left, and when."""
    await record_travel.departed(seen, uow=uow)
