"""returns.case.split: consents follow the persons."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import CaseSplitSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_split(seen: CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """returns.case.split: consents follow the persons."""
    await follow_endings.split(seen, uow=uow)
