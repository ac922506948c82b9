"""returns.disclosure.recalled: a package was taken back."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import DisclosureRecalledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_recalled(seen: DisclosureRecalledSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure.recalled: a package was taken back."""
    await project_disclosure.disclosure_recalled(seen, uow=uow)
