"""registry.advisory.published: a warning about a corridor holds."""

from __future__ import annotations

from services.returns.commands import learn_advisories
from services.returns.contracts.consumed import AdvisoryPublishedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_advisory_published(seen: AdvisoryPublishedSeen, *, uow: UnitOfWork) -> None:
    """registry.advisory.published: a warning about a corridor holds."""
    await learn_advisories.published(seen, uow=uow)
