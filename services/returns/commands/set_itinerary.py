"""Confirm or change the journey; a changed date sends a ready case back to preparation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance
from services.returns.contracts.published import ItineraryChangedV1, ItineraryConfirmedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class ItineraryNotPossibleNow(Conflict):
    """A journey is planned once assistance is granted and before anybody has left."""

    slug = "itinerary-not-possible-now"
    title = "A journey can be planned between the decision and the departure"


@dataclass(frozen=True, kw_only=True)
class SetItinerary:
    """When and by which way."""

    case_id: UUID
    travel_on: date
    transit: list[str] = field(default_factory=list)


async def handle(command: SetItinerary, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, ItineraryNotPossibleNow."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    case = file.case
    uow.match(case.version)
    if case.state not in (State.APPROVED, State.PRE_DEPARTURE, State.READY):
        raise ItineraryNotPossibleNow
    first = case.travel_on is None
    case.travel_on, case.transit = command.travel_on, command.transit
    if case.state == State.READY:
        advance(uow, file, "fall_back", on=uow.now.date())
    else:
        touch(case, now=uow.now)
        remember(uow, case, "itinerary-set", before=case.state, on=command.travel_on)
    people = file.travelling
    fact = ItineraryConfirmedV1 if first else ItineraryChangedV1
    uow.publish(
        fact(
            case_id=case.id,
            travel_on=command.travel_on,
            destination=case.destination,
            transit=command.transit,
            party_size=len(people),
            person_refs=[person.person_ref for person in people],
            partner_id=case.partner_id,
        )
    )
    return case
