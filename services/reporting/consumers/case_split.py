"""returns.case.split: persons go on in a case of their own."""

from __future__ import annotations

from services.reporting.commands import record_split
from services.reporting.contracts.consumed import CaseSplitSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_split(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """returns.case.split: persons go on in a case of their own."""
    await record_split.handle(seen, uow=uow)
