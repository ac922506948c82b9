"""returns.case.opened: a case enters the figures."""

from __future__ import annotations

from services.reporting.commands import record_opening
from services.reporting.contracts.consumed import CaseOpenedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_opened(seen: CaseOpenedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.opened: a case enters the figures."""
    await record_opening.handle(seen, uow=uow)
