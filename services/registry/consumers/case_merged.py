"""returns.case.merged: consents follow the persons into the file that goes on."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import CaseMergedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_merged(seen: CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.merged: consents follow the persons into the file that goes on."""
    await follow_endings.merged(seen, uow=uow)
