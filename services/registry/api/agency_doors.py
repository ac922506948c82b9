"""The feed for catching up, and the register of what was told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.registry.commands import read_feed
from services.registry.queries.lists import register_of
from shared.errors import Invalid, NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["5 agencies' doors"])
Recipient = Annotated[Call, caller("partner_agency", "reintegration_partner", "provider")]
Auditor = Annotated[Call, caller("auditor", "protection_officer", "case_officer")]


class FeedEntry(BaseModel):
    """The same payload as the webhook."""

    type: str
    timestamp: str
    data: dict[str, Any]


class RegisterOut(BaseModel):
    """Who was told what, when, on which basis."""

    at: datetime
    case_id: UUID
    recipient_id: UUID
    what: str
    basis: str
    data_classes: list[str]
    person_refs: list[str]


@router.get(
    "/agency-cases/{agency_case_ref}/events",
    operation_id="readFeed",
    summary="Catch up",
    responses=problems(NotFound),
)
async def feed(
    call: Recipient,
    agency_case_ref: str,
    after: Annotated[int, Query(ge=0, description="Your last `sequence`.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    endpoint_id: Annotated[UUID | None, Query(description="What has left for this endpoint, by its numbers.")] = None,
) -> list[FeedEntry]:
    """The same payloads by your own gapless counter; checked again at this moment."""
    span: dict[str, Any] = {"after": after, "limit": limit, "public_url": call.runtime.settings.public_url}
    async with call.reading() as uow:
        if endpoint_id is None:
            entries = await read_feed.read(uow, agency_case_ref, **span)
        else:
            entries = await read_feed.read_again(uow, agency_case_ref, endpoint_id, **span)
    return [FeedEntry(**entry) for entry in entries]


@router.get(
    "/agency-events",
    operation_id="readOwnFeed",
    summary="Catch up on what belongs to no case",
    responses=problems(NotFound),
)
async def own_feed(
    call: Recipient,
    after: Annotated[int, Query(ge=0, description="Your last `sequence`.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    endpoint_id: Annotated[UUID | None, Query(description="What has left for this endpoint, by its numbers.")] = None,
) -> list[FeedEntry]:
    """Of your partnerships, for ministries and delegations; of releases, for statistics offices. By your own counter,
    with or without an endpoint."""
    span: dict[str, Any] = {"after": after, "limit": limit, "public_url": call.runtime.settings.public_url}
    async with call.reading() as uow:
        if endpoint_id is None:
            entries = await read_feed.read_own(uow, **span)
        else:
            entries = await read_feed.read_own_again(uow, endpoint_id, **span)
    return [FeedEntry(**entry) for entry in entries]


class NothingNamed(Invalid):
    """The register is asked about a case or a person."""

    slug = "case-or-person-needed"
    title = "Name a case, a person, or both"


@router.get(
    "/disclosure-register",
    operation_id="getRegister",
    summary="Who was told what",
    responses=problems(NothingNamed),
)
async def register(
    call: Auditor,
    case_id: Annotated[UUID | None, Query(description="About this case.")] = None,
    person_id: Annotated[str | None, Query(max_length=80, description="About this person_ref, over all cases.")] = None,
) -> list[RegisterOut]:
    """Deliveries and package reads, oldest first. A person who was moved to another case takes its lines along."""
    if case_id is None and person_id is None:
        raise NothingNamed
    async with call.reading() as uow:
        rows = await register_of(uow, case_id, person_id)
    return [RegisterOut.model_validate(row, from_attributes=True) for row in rows]
