"""The journey in legs, and every version of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Code, Country
from services.returns.commands import set_itinerary
from services.returns.commands.record_medical_clearance import PAPERS
from services.returns.domain.access import may_read
from services.returns.domain.itinerary import Leg, short_connections
from services.returns.persistence.cases import load_file
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.journey_tables import ItineraryRow
from services.returns.persistence.journeys import itineraries_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
WORKERS = ("caseworker", "travel_officer", "case_officer")
Reader = Annotated[Call, caller(*WORKERS, "medical_officer", "office_lead", "protection_officer")]
Place = Annotated[
    str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$", description="UN/LOCODE of the place.", examples=["CHZRH"])
]
Carrier = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$", description="Code of the carrier.", examples=["TK"])]
ServiceNumber = Annotated[
    str, Field(pattern=r"^[A-Z0-9]{1,8}$", description="Number of the service.", examples=["1908"])
]


class LegIn(Body):
    """One flight, train, bus or crossing."""

    origin: Place
    destination: Place
    departs_at: AwareDatetime = Field(description="With a time zone.", examples=["2026-03-09T10:15:00+01:00"])
    arrives_at: AwareDatetime = Field(description="With a time zone.", examples=["2026-03-09T16:40:00+04:00"])
    mode: Literal["air", "rail", "road", "sea"] = Field(default="air", description="How one travels.")
    carrier: Carrier | None = Field(default=None, description="Code of the carrier.")
    service: ServiceNumber | None = Field(default=None, description="Number of the service.")


class ItineraryIn(Body):
    """When and by which way; with legs, day and transit follow from them."""

    travel_on: date | None = Field(default=None, description="Day of departure; may be left out with legs.")
    transit: list[Country] = Field(default_factory=list, max_length=5)
    legs: list[LegIn] = Field(default_factory=list, max_length=8, description="Flights, trains, buses in order.")
    reason_code: Code = Field(default="not_stated", examples=["flight_cancelled"])


class ItineraryOut(BaseModel):
    """One version of the journey."""

    number: int = Field(description="1 is the first; the highest holds.")
    travel_on: date
    arrives_on: date = Field(description="Day of arrival at the end of the journey.")
    transit: list[str]
    legs: list[dict[str, Any]] = Field(description="Flights, trains, buses in order.")
    short_connections: list[int] = Field(description="Legs after which little time is left, from 1.")
    reason_code: str
    created_at: datetime


def _itinerary(case_id: UUID, body: ItineraryIn) -> set_itinerary.SetItinerary:
    legs = [Leg(**leg.model_dump()) for leg in body.legs]
    return set_itinerary.SetItinerary(case_id=case_id, legs=legs, **body.model_dump(exclude={"legs"}))


def _itineraries(rows: Sequence[ItineraryRow]) -> list[ItineraryOut]:
    minutes = reference(PAPERS)["shortest_connection_minutes"]
    shown = []
    for row in rows:
        known = row.model_dump(include=set(ItineraryOut.model_fields))
        shown.append(ItineraryOut(**known, short_connections=short_connections(_legs(row), minutes)))
    return shown


def _legs(row: ItineraryRow) -> list[Leg]:
    moments = ("departs_at", "arrives_at")
    return [Leg(**{**leg, **{name: datetime.fromisoformat(leg[name]) for name in moments}}) for leg in row.legs]


@router.post(
    "/itinerary",
    operation_id="setItinerary",
    summary="Confirm or change the journey",
    response_model=CaseOut,
    responses=problems(NotFound, set_itinerary.ItineraryNotPossibleNow, set_itinerary.ItineraryDoesNotFit),
)
async def plan(
    call: Annotated[Call, caller("caseworker", "travel_officer", "case_officer")],
    case_id: UUID,
    body: ItineraryIn,
) -> Response:
    """A change takes a ready case back to preparation."""
    return await case_command(
        call,
        lambda uow: set_itinerary.handle(_itinerary(case_id, body), uow=uow),
    )


@router.get(
    "/itineraries",
    operation_id="listItineraries",
    summary="Every version of the journey",
    responses=problems(NotFound),
)
async def itineraries(call: Reader, case_id: UUID) -> list[ItineraryOut]:
    """The newest first, which holds; empty while nothing is planned."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        return _itineraries(await itineraries_of(uow, file.id))
