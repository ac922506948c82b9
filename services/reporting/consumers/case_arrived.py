"""returns.case.arrived: who arrived, and when."""

from __future__ import annotations

from services.reporting.commands import record_travel
from services.reporting.contracts.consumed import CaseTravelSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_arrived(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """returns.case.arrived: who arrived, and when."""
    await record_travel.arrived(seen, uow=uow)
