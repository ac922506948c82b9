"""returns.detention-returns.counted: so many of a month's returns were from detention."""

from __future__ import annotations

from services.reporting.commands import record_detention_returns
from services.reporting.contracts.consumed_persons import DetentionReturnsCountedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_detention_returns_counted(seen: DetentionReturnsCountedSeen, *, uow: UnitOfWork) -> None:
    """returns.detention-returns.counted: so many of a month's returns were from detention."""
    await record_detention_returns.handle(seen, uow=uow)
