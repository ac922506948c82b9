"""What providers do and where, how many they can take, and where a new referral may go."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.registry.api.recipient_standing import HOST
from services.registry.api.schemas import Body, Country, Short
from services.registry.commands import keep_provider_service as commands
from services.registry.persistence.recipient_tables import PlaceRow, ProviderServiceRow
from services.registry.persistence.recipients import services_of
from services.registry.persistence.rows import get_row
from services.registry.queries.recipients import Availability, available, one_recipient
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.problems import AlreadyExists, problems

router = APIRouter(tags=["2 agencies and offices"])
Manager = Annotated[Call, caller("administrator", "programme_manager", "provider")]
Reader = Annotated[Call, caller(*HOST, "reintegration_partner", "provider")]
Category = Literal[
    "business",
    "housing",
    "medical",
    "psychosocial",
    "education",
    "training",
    "job_search",
    "legal_social",
    "family_reunification",
]
Capacity = Annotated[int, Field(ge=0, le=100_000, description="How many it can take at a time.")]


class ServiceIn(Body):
    """A service at one place."""

    category: Category = Field(description="Category of measure, from the code list `measure_categories`.")
    country: Country
    place: Short = Field(description="Town or district, as everybody writes it.")
    capacity: Capacity
    ends_on: date | None = Field(default=None, description="Last day for new referrals.")


class ServiceChange(Body):
    """What changes; what is left out stays."""

    capacity: Capacity | None = Field(default=None, description="How many it can take at a time.")
    ends_on: date | None = Field(default=None, description="Last day for new referrals.")


class ServiceOut(BaseModel):
    """A service, and how many of its places are taken."""

    id: UUID
    version: int
    provider_id: UUID
    category: str
    country: str
    place: str
    capacity: int
    used: int
    free: int
    ends_on: date | None


class AvailabilityOut(BaseModel):
    """Where a referral may go; `reasons` says why not, all of them."""

    provider_id: UUID
    provider_name: str
    service: ServiceOut
    available: bool
    reasons: list[str]


class PlaceIn(Body):
    """Whose place; the referral by its reference, nobody by name."""

    referral_id: UUID = Field(description="The referral that takes the place; one place each.")


class PlaceOut(BaseModel):
    """A place that a referral holds, or held."""

    id: UUID
    service_id: UUID
    referral_id: UUID
    taken_on: date
    released_on: date | None


def _service(_uow: Any, row: ProviderServiceRow) -> ServiceOut:
    return ServiceOut(free=row.capacity - row.used, **row.model_dump(include=ServiceOut.model_fields.keys() - {"free"}))


def _place(_uow: Any, row: PlaceRow) -> PlaceOut:
    return PlaceOut.model_validate(row, from_attributes=True)


def _available(entry: Availability) -> AvailabilityOut:
    return AvailabilityOut(
        provider_id=entry.provider.id,
        provider_name=entry.provider.name,
        service=_service(None, entry.service),
        available=not entry.reasons,
        reasons=entry.reasons,
    )


@router.post(
    "/providers/{provider_id}/services",
    operation_id="offerService",
    summary="Enter a service of a provider",
    status_code=201,
    response_model=ServiceOut,
    responses=problems(NotFound, AlreadyExists),
)
async def offer(call: Manager, provider_id: UUID, body: ServiceIn) -> Response:
    """By the administration or the provider itself; each category once per place."""
    command = commands.OfferService(provider_id=provider_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.offer(command, uow=uow),
        _service,
        status=201,
        reload=lambda uow, row_id: get_row(uow, ProviderServiceRow, row_id),
        match="none",
    )


@router.get(
    "/providers/{provider_id}/services",
    operation_id="listServices",
    summary="What a provider does",
    responses=problems(NotFound),
)
async def services(call: Reader, provider_id: UUID) -> list[ServiceOut]:
    """With free and taken places."""
    async with call.reading() as uow:
        await one_recipient(uow, provider_id, (*HOST, "reintegration_partner"))
        return [_service(None, row) for row in await services_of(uow, provider_id)]


@router.patch(
    "/provider-services/{service_id}",
    operation_id="changeService",
    summary="Change capacity or end",
    response_model=ServiceOut,
    responses=problems(NotFound, commands.CapacityBelowUse, PreconditionFailed),
)
async def change(call: Manager, service_id: UUID, body: ServiceChange) -> Response:
    """Never below what is taken."""
    changes = body.model_dump(exclude_none=True)
    return await call.command(lambda uow: commands.change(service_id, changes, uow=uow), _service)


@router.post(
    "/provider-services/{service_id}/places",
    operation_id="takePlace",
    summary="Take a place for a referral",
    status_code=201,
    response_model=PlaceOut,
    responses=problems(NotFound, commands.ReferralBlocked),
)
async def take(call: Manager, service_id: UUID, body: PlaceIn) -> Response:
    """By hand, for what came by telephone; referrals take theirs themselves. Refused with every reason when none is to
    be had."""
    return await call.command(
        lambda uow: commands.take_place(service_id, body.referral_id, uow=uow),
        _place,
        status=201,
        reload=lambda uow, row_id: get_row(uow, PlaceRow, row_id),
        match="none",
    )


@router.post(
    "/provider-services/{service_id}/places/{place_id}/release",
    operation_id="releasePlace",
    summary="Give a place back",
    response_model=PlaceOut,
    responses=problems(NotFound),
)
async def release(call: Manager, service_id: UUID, place_id: UUID) -> Response:
    """By hand; referrals give theirs back themselves. Somebody else can have it."""
    return await call.command(
        lambda uow: commands.give_back(service_id, place_id, uow=uow),
        _place,
        reload=lambda uow, row_id: get_row(uow, PlaceRow, row_id),
        match="none",
    )


@router.get("/provider-availability", operation_id="listAvailability", summary="Where a referral may go")
async def availability(
    call: Reader,
    category: Annotated[Category, Query(description="Category of measure.")],
    country: Annotated[Country, Query(description="Country, ISO 3166-1 alpha-3.")],
    place: Annotated[str | None, Query(max_length=200, description="Town or district.")] = None,
) -> list[AvailabilityOut]:
    """Those that take one first; the others with every reason why not."""
    async with call.reading() as uow:
        return [_available(entry) for entry in await available(uow, category=category, country=country, place=place)]
