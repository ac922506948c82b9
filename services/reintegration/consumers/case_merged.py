"""returns.case.merged: persons go on in another file of their family."""

from __future__ import annotations

from services.reintegration.commands import merge_case
from services.reintegration.contracts.consumed import CaseMergedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_merged(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.merged: persons go on in another file of their family."""
    await merge_case.handle(seen, uow=uow)
