"""returns.disclosure-basis.approved: a recipient may be told something for a purpose, where people consent too."""

from __future__ import annotations

from services.registry.commands import keep_bases, retry_waiting
from services.registry.contracts.consumed import BasisApprovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_basis_approved(seen: BasisApprovedSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure-basis.approved: a recipient may be told something for a purpose, where people consent too."""
    await keep_bases.approved(seen, uow=uow)
    await retry_waiting.for_recipient(seen.recipient_id, uow=uow)
