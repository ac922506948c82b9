"""reintegration.funds.refused: the answer about the money."""

from __future__ import annotations

from services.returns.commands import record_funding
from services.returns.contracts.consumed import FundsAnsweredSeen
from services.returns.domain.case_view import Funding
from shared.database.unit_of_work import UnitOfWork


async def on_funds_refused(seen: FundsAnsweredSeen, *, uow: UnitOfWork) -> None:
    """reintegration.funds.refused: the answer about the money."""
    answer = record_funding.RecordFunding(
        case_id=seen.case_id, funding=Funding.REFUSED, reservation_id=seen.reservation_id, on_top=seen.on_top
    )
    await record_funding.handle(answer, uow=uow)
