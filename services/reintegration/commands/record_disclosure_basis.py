"""Keeps the narrow copy of legal bases on which an organisation may be shown people who consent."""

from __future__ import annotations

from services.reintegration.contracts.consumed import BasisApprovedSeen, BasisEndedSeen
from services.reintegration.persistence import disclosure_bases
from shared.database.unit_of_work import UnitOfWork


async def approved(seen: BasisApprovedSeen, *, uow: UnitOfWork) -> None:
    """It holds from its first to its last day."""
    await disclosure_bases.keep(uow, seen.basis_id, **seen.model_dump(exclude={"basis_id"}))


async def ended(seen: BasisEndedSeen, *, uow: UnitOfWork) -> None:
    """Nothing rests on it any more, from this moment on."""
    values = seen.model_dump(include={"programme_id", "recipient_id", "purpose"})
    await disclosure_bases.keep(uow, seen.basis_id, **values, ended_on=seen.on)
