"""Confirm or change the journey; each version is kept, and a changed one sends a ready case back to preparation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.returns.commands.moving import advance
from services.returns.contracts.published import ItineraryChangedV1, ItineraryConfirmedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.domain.itinerary import Leg, countries_between, faults
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.countries import three_letters, two_letters
from services.returns.persistence.journey_tables import ItineraryRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class ItineraryNotPossibleNow(Conflict):
    """A journey is planned once assistance is granted and before anybody has left."""

    slug = "itinerary-not-possible-now"
    title = "A journey can be planned between the decision and the departure"


class ItineraryDoesNotFit(Invalid):
    """`faults` names what does not fit together, as codes."""

    slug = "itinerary-does-not-fit"
    title = "The legs of this journey do not fit together"


@dataclass(frozen=True, kw_only=True)
class SetItinerary:
    """When and by which way; with legs, day and transit follow from them."""

    case_id: UUID
    travel_on: date | None = None
    transit: list[str] = field(default_factory=list)
    legs: Sequence[Leg] = ()
    reason_code: str = "not_stated"


async def handle(command: SetItinerary, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, ItineraryNotPossibleNow, ItineraryDoesNotFit."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    case = file.case
    uow.match(case.version)
    if case.state not in (State.APPROVED, State.PRE_DEPARTURE, State.READY):
        raise ItineraryNotPossibleNow
    first = case.travel_on is None
    travel_on, case.arrives_on, case.transit = _journey(command, case.destination)
    case.travel_on = travel_on
    case.carriers = sorted({leg.carrier for leg in command.legs if leg.carrier})
    await _keep(uow, file, command, travel_on)
    if case.state == State.READY:
        advance(uow, file, "fall_back", on=uow.now.date())
    else:
        touch(case, now=uow.now)
        remember(uow, case, "itinerary-set", before=case.state, on=case.travel_on)
    people = file.travelling
    fact = ItineraryConfirmedV1 if first else ItineraryChangedV1
    uow.publish(
        fact(
            case_id=case.id,
            travel_on=travel_on,
            destination=case.destination,
            transit=case.transit,
            party_size=len(people),
            person_refs=[person.person_ref for person in people],
            partner_id=case.partner_id,
        )
    )
    return case


def _journey(command: SetItinerary, destination: str) -> tuple[date, date, list[str]]:
    """Day of departure, day of arrival, countries in between. Raises ItineraryDoesNotFit."""
    legs, ends_in = command.legs, two_letters(destination)
    if not legs:
        if command.travel_on is None:
            raise ItineraryDoesNotFit(faults=["day-missing"])
        return command.travel_on, command.travel_on, command.transit
    found = faults(legs, ends_in)
    if not found and command.travel_on not in (None, legs[0].departs_at.date()):
        found.append("another-day")
    if found:
        raise ItineraryDoesNotFit(faults=found)
    passed = [three_letters(code) for code in countries_between(legs, ends_in)]
    return legs[0].departs_at.date(), legs[-1].arrives_at.date(), passed


async def _keep(uow: UnitOfWork, file: CaseFile, command: SetItinerary, travel_on: date) -> None:
    case = file.case
    newest = select(func.max(col(ItineraryRow.number))).where(col(ItineraryRow.case_id) == case.id)
    number = int(await uow.session.scalar(newest) or 0) + 1
    uow.session.add(
        ItineraryRow(
            case_id=case.id,
            number=number,
            travel_on=travel_on,
            arrives_on=case.arrives_on or travel_on,
            transit=case.transit,
            legs=[_as_data(leg) for leg in command.legs],
            reason_code=command.reason_code,
            set_by=uow.actor.subject,
            created_at=uow.now,
            updated_at=uow.now,
        )
    )


def _as_data(leg: Leg) -> dict[str, Any]:
    return {**asdict(leg), "departs_at": leg.departs_at.isoformat(), "arrives_at": leg.arrives_at.isoformat()}
