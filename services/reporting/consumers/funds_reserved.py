"""reintegration.funds.reserved: the money of a case is set aside."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import FundsReservedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_funds_reserved(seen: FundsReservedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.funds.reserved: the money of a case is set aside."""
    if seen.on_top:
        return
    await record_stage.handle(seen.case_id, stage="funds_reserved", on=seen.occurred_at.date(), uow=uow)
