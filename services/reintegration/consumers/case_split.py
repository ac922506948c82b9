"""returns.case.split: persons go on in a new case."""

from __future__ import annotations

from services.reintegration.commands import split_case
from services.reintegration.contracts.consumed import CaseSplitSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_split(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """returns.case.split: persons go on in a new case."""
    await split_case.handle(seen, uow=uow)
