"""registry.programme.closed: no new cases."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import ProgrammeClosedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_programme_closed(seen: ProgrammeClosedSeen, *, uow: UnitOfWork) -> None:
    """registry.programme.closed: no new cases."""
    await learn.programme_closed(seen, uow=uow)
