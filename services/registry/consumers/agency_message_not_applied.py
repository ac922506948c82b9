"""agency-message.not-applied of returns or reintegration: the sender can see it."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import MessageNotAppliedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_agency_message_not_applied(seen: MessageNotAppliedSeen, *, uow: UnitOfWork) -> None:
    """agency-message.not-applied of returns or reintegration: the sender can see it."""
    await project_disclosure.message_not_applied(seen, uow=uow)
