"""reintegration.funds.reserved: the answer about the money."""

from __future__ import annotations

from services.returns.commands import record_funding
from services.returns.contracts.consumed import FundsAnsweredSeen
from services.returns.domain.case_view import Funding
from shared.database.unit_of_work import UnitOfWork


async def on_funds_reserved(seen: FundsAnsweredSeen, *, uow: UnitOfWork) -> None:
    """What is set aside beside the grant is no answer: the funding of the case, and a top-up that waits, stay as they
    are."""
    if not seen.answers_grant:
        return
    answer = record_funding.RecordFunding(
        case_id=seen.case_id, funding=Funding.RESERVED, reservation_id=seen.reservation_id, on_top=seen.on_top
    )
    await record_funding.handle(answer, uow=uow)
