"""returns.case.resumed: a case that had ended is taken up again."""

from __future__ import annotations

from services.reintegration.commands import record_case
from services.reintegration.contracts.consumed import CaseClosedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_resumed(seen: CaseClosedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.resumed: a case that had ended is taken up again."""
    await record_case.resumed(seen, uow=uow)
