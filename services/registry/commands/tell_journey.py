"""Tell whoever expects somebody: the reintegration partner and, only where a person asked for it, the reception.

Reception is asked for by a consent with that purpose; a state authority hears of an arrival in no other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.tell_consenting import named_in_consents, tell_consenting, tell_one
from services.registry.commands.tell_recipient import consenting_persons, tell
from services.registry.contracts.consumed import DidNotBoardSeen, ItinerarySeen
from services.registry.domain.disclosure_matrix import PURPOSES
from services.registry.domain.request_end import REINTEGRATION
from services.registry.persistence.disclosure_tables import DeliveryRow
from shared.database.unit_of_work import UnitOfWork

RECEPTION = PURPOSES["reception"]
EXPECTED = {
    REINTEGRATION: ("itinerary.confirmed", "itinerary.changed"),
    RECEPTION: ("arrival.announced", "arrival.rescheduled"),
}
CANCELLED = {REINTEGRATION: "itinerary.cancelled", RECEPTION: "arrival.cancelled"}


async def tell_itinerary(fact: ItinerarySeen, payload_type: str, *, uow: UnitOfWork) -> None:
    """When to expect whom; the reception hears of another day only if it had heard of one before."""
    facts = {"travel_on": fact.travel_on.isoformat(), "party_size": fact.party_size}
    refs = fact.person_refs
    partners = {**facts, "destination": fact.destination}
    await tell_consenting(fact.case_id, payload_type, partners, refs, purpose=REINTEGRATION, uow=uow)
    for recipient_id in await named_in_consents(uow, fact.case_id):
        announced, rescheduled = EXPECTED[RECEPTION]
        expects = await _expects(uow, fact.case_id, recipient_id, RECEPTION)
        arrival = rescheduled if expects else announced
        await tell_one(fact.case_id, recipient_id, arrival, facts, refs, purpose=RECEPTION, uow=uow)


async def tell_not_boarded(fact: DidNotBoardSeen, *, uow: UnitOfWork) -> None:
    """Nobody comes: to those who expect somebody, as long as none of those they may know of is still on the way."""
    for recipient_id in await named_in_consents(uow, fact.case_id):
        for purpose in EXPECTED:
            covered = await consenting_persons(uow, fact.case_id, recipient_id, purpose=purpose)
            expects = covered and await _expects(uow, fact.case_id, recipient_id, purpose)
            if expects and covered <= set(fact.person_refs):
                await _cancel(uow, fact.case_id, recipient_id, purpose, sorted(covered))


async def _cancel(uow: UnitOfWork, case_id: UUID, recipient_id: UUID, purpose: str, refs: Sequence[str]) -> None:
    await tell(
        uow,
        case_id=case_id,
        recipient_id=recipient_id,
        payload_type=CANCELLED[purpose],
        facts={},
        purpose=purpose,
        person_refs=list(refs),
    )


async def _expects(uow: UnitOfWork, case_id: UUID, recipient_id: UUID, purpose: str) -> bool:
    """Whether the last it heard of the journey is a day."""
    await uow.session.flush()
    statement = (
        select(DeliveryRow.payload_type)
        .where(col(DeliveryRow.recipient_id) == recipient_id, col(DeliveryRow.case_id) == case_id)
        .where(col(DeliveryRow.payload_type).in_([*EXPECTED[purpose], CANCELLED[purpose]]))
        .where(col(DeliveryRow.status) != "withheld", col(DeliveryRow.copy_of).is_(None))
        .order_by(col(DeliveryRow.id).desc())
        .limit(1)
    )
    return await uow.session.scalar(statement) in EXPECTED[purpose]
