"""returns.case.merged: persons are counted in the file that goes on."""

from __future__ import annotations

from services.reporting.commands import record_merge
from services.reporting.contracts.consumed import CaseMergedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_merged(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.merged: persons are counted in the file that goes on."""
    await record_merge.handle(seen, uow=uow)
