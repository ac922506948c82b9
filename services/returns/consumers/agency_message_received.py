"""registry.agency-message.received: an agency said something coded about a case."""

from __future__ import annotations

from services.returns.commands import apply_agency_message
from services.returns.contracts.consumed import AgencyMessageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_agency_message_received(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> None:
    """registry.agency-message.received: an agency said something coded about a case."""
    await apply_agency_message.handle(seen, uow=uow)
