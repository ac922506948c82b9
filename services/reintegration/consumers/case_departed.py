"""returns.case.departed: who left."""

from __future__ import annotations

from services.reintegration.commands import record_departure
from services.reintegration.contracts.consumed import CaseTravelSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_departed(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """returns.case.departed: who left."""
    await record_departure.handle(seen, uow=uow)
