"""returns.disclosure.approved: a package is ready for its recipient."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import DisclosureApprovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_approved(seen: DisclosureApprovedSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure.approved: a package is ready for its recipient."""
    await project_disclosure.disclosure_approved(seen, uow=uow)
