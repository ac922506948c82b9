"""returns.disclosure.recalled: a package was taken back."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import DisclosureRecalledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_recalled(seen: DisclosureRecalledSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure.recalled: a package was taken back."""
    await follow_endings.disclosure_recalled(seen, uow=uow)
