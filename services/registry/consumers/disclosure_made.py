"""returns.disclosure.made: a package was read."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import DisclosureMadeSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_made(seen: DisclosureMadeSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure.made: a package was read."""
    await project_disclosure.disclosure_made(seen, uow=uow)
