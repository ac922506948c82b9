"""returns.case.opened: the narrow copy of a case begins."""

from __future__ import annotations

from services.reintegration.commands import record_case
from services.reintegration.contracts.consumed import CaseOpenedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_opened(seen: CaseOpenedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.opened: the narrow copy of a case begins."""
    await record_case.opened(seen, uow=uow)
