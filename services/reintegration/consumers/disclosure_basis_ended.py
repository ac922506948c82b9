"""returns.disclosure-basis.ended: a legal basis is over, and so is what rests on it."""

from __future__ import annotations

from services.reintegration.commands import record_disclosure_basis
from services.reintegration.contracts.consumed import BasisEndedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_disclosure_basis_ended(seen: BasisEndedSeen, *, uow: UnitOfWork) -> None:
    """returns.disclosure-basis.ended: a legal basis is over, and so is what rests on it."""
    await record_disclosure_basis.ended(seen, uow=uow)
