"""returns.disclosure.answered: the recipient owes no answer to this package any more."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import DisclosureAnsweredSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_answered(seen: DisclosureAnsweredSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure.answered: the recipient owes no answer to this package any more."""
    await project_disclosure.disclosure_answered(seen, uow=uow)
