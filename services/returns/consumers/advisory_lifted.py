"""registry.advisory.lifted: a warning about a corridor no longer holds."""

from __future__ import annotations

from services.returns.commands import learn_advisories
from services.returns.contracts.consumed import AdvisoryLiftedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_advisory_lifted(seen: AdvisoryLiftedSeen, *, uow: UnitOfWork) -> None:
    """registry.advisory.lifted: a warning about a corridor no longer holds."""
    await learn_advisories.lifted(seen, uow=uow)
