"""returns.itinerary.confirmed: the partner learns when to expect whom."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import ItinerarySeen
from shared.database.unit_of_work import UnitOfWork


async def on_itinerary_confirmed(seen: ItinerarySeen, *, uow: UnitOfWork) -> None:
    """returns.itinerary.confirmed: the partner learns when to expect whom."""
    facts = {
        "travel_on": seen.travel_on.isoformat(),
        "destination": seen.destination,
        "party_size": seen.party_size,
    }
    refs = seen.person_refs
    await project_disclosure.tell_partners(seen.case_id, "itinerary.confirmed", facts, refs, uow=uow)
