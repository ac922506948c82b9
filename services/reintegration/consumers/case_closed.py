"""returns.case.closed: the return case is done, support goes on."""

from __future__ import annotations

from services.reintegration.commands import record_case
from services.reintegration.contracts.consumed import CaseClosedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_closed(seen: CaseClosedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.closed: the return case is done, support goes on."""
    await record_case.closed(seen, uow=uow)
