"""reporting.release.published: statistics offices learn that there are figures, and where."""

from __future__ import annotations

from services.registry.commands.tell_statistics import tell_statistics
from services.registry.contracts.consumed_for_recipients import ReleasePublishedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_release_published(seen: ReleasePublishedSeen, *, uow: UnitOfWork) -> None:
    """reporting.release.published: statistics offices learn that there are figures, and where."""
    await tell_statistics(seen, uow=uow)
