"""registry.programme.rules-published: a programme can take cases."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import RulesPublishedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_programme_rules_published(seen: RulesPublishedSeen, *, uow: UnitOfWork) -> None:
    """registry.programme.rules-published: a programme can take cases."""
    await learn.rules_published(seen, uow=uow)
