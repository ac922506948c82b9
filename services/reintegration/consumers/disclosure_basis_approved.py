"""returns.disclosure-basis.approved: an organisation may be shown those who consent."""

from __future__ import annotations

from services.reintegration.commands import record_disclosure_basis
from services.reintegration.contracts.consumed import BasisApprovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_basis_approved(seen: BasisApprovedSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure-basis.approved: an organisation may be shown those who consent."""
    await record_disclosure_basis.approved(seen, uow=uow)
