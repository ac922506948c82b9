"""returns.itinerary.changed: the partner, and the reception if it was asked for, learn when to expect whom."""

from __future__ import annotations

from services.registry.commands.tell_journey import tell_itinerary
from services.registry.contracts.consumed import ItinerarySeen
from shared.database.unit_of_work import UnitOfWork


async def on_itinerary_changed(seen: ItinerarySeen, *, uow: UnitOfWork) -> None:
    """returns.itinerary.changed: the partner, and the reception if it was asked for, learn when to expect whom."""
    await tell_itinerary(seen, "itinerary.changed", uow=uow)
