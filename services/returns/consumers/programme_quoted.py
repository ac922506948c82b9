"""registry.programme.quoted: a calculation waits for its decision."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import QuotedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_programme_quoted(seen: QuotedSeen, *, uow: UnitOfWork) -> None:
    """registry.programme.quoted: a calculation waits for its decision."""
    await learn.quoted(seen, uow=uow)
