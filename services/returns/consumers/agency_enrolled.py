"""registry.agency.enrolled: a possible recipient."""

from __future__ import annotations

from services.returns.commands import learn
from services.returns.contracts.consumed import RecipientEnrolledSeen
from shared.database.unit_of_work import UnitOfWork


async def on_agency_enrolled(seen: RecipientEnrolledSeen, *, uow: UnitOfWork) -> None:
    """registry.agency.enrolled: a possible recipient."""
    await learn.agency_enrolled(seen, uow=uow)
