"""returns.case.fact-corrected: an arrival or a departure was not, and is not counted."""

from __future__ import annotations

from services.reporting.commands import record_travel
from services.reporting.contracts.consumed import CaseFactCorrectedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_fact_corrected(seen: CaseFactCorrectedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.fact-corrected: an arrival or a departure was not, and is not counted."""
    await record_travel.corrected(seen, uow=uow)
