"""returns.case.fact-corrected: a fact was wrong; money that an arrival started stops."""

from __future__ import annotations

from services.reintegration.commands import take_back_journey
from services.reintegration.contracts.consumed import CaseFactCorrectedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_fact_corrected(seen: CaseFactCorrectedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.fact-corrected: a fact was wrong; money that an arrival started stops."""
    await take_back_journey.handle(seen, uow=uow)
