"""returns.case.arrived: who arrived; may activate the plan."""

from __future__ import annotations

from services.reintegration.commands import record_arrival
from services.reintegration.contracts.consumed import CaseTravelSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_arrived(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """returns.case.arrived: who arrived; may activate the plan."""
    await record_arrival.handle(seen, uow=uow)
