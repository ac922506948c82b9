"""Webhook endpoints, as their owners use them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AnyHttpUrl, BaseModel, Field
from sqlmodel import col

from services.registry.api.schemas import Body, Code, Short
from services.registry.commands import manage_endpoint as commands
from services.registry.commands.shown_once import ShownOnce
from services.registry.domain.endpoint_terms import (
    DataClassMissing,
    PurposeNotAllowed,
    TypeNotAllowed,
)
from services.registry.persistence.disclosure_tables import WebhookEndpointRow
from services.registry.persistence.signing_keys import Scheme
from services.registry.queries.lists import page_of
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["4 webhooks"])
Owner = Annotated[Call, caller("partner_agency", "reintegration_partner", "administrator")]
Paging = Annotated[PageRequest, Depends(page_request)]
Types = Annotated[list[Short], Field(min_length=1, max_length=30)]
Purposes = Annotated[list[Code] | None, Field(max_length=9, description="Only facts told for one of these purposes.")]
Classes = Annotated[
    list[Code] | None,
    Field(max_length=20, description="Classes of data you expect; every type must hold nothing else."),
]
REFUSALS = (
    NotFound,
    TypeNotAllowed,
    PurposeNotAllowed,
    DataClassMissing,
    commands.AddressNotAccepted,
)


class EndpointIn(Body):
    """Where to be told, which types, for what; what is left out follows from the recipient's kind and roles."""

    owner_id: UUID
    url: AnyHttpUrl
    event_types: Types
    purposes: Purposes = None
    legal_basis: Annotated[Code | None, Field(description="Basis of telling, beside consent.")] = None
    data_classes: Classes = None
    scheme: Annotated[Scheme, Field(description="v1a: ed25519, you get a public key; v1: HMAC, you get a secret.")] = (
        "v1a"
    )


class EndpointChange(Body):
    """What is to be different; left out stays as it is."""

    url: AnyHttpUrl | None = None
    event_types: Types | None = None
    purposes: Purposes = None
    data_classes: Classes = None


class EndpointOut(BaseModel):
    """An endpoint and how it is doing; verify our signatures with `public_key`, or with the secret of `v1`."""

    id: UUID
    version: int
    owner_id: UUID
    url: str
    event_types: list[str]
    purposes: list[str] | None
    legal_basis: str | None
    data_classes: list[str] | None
    status: str
    disabled_reason: str | None
    public_key: str | None = Field(description="The current key of `v1a`; none where deliveries are signed with `v1`.")
    breaker: str = Field(description="closed, open (nothing is sent until `breaker_until`) or half_open (one probe).")
    breaker_until: datetime | None = Field(description="When the next probe is sent.")
    rest_until: datetime | None = Field(description="Until when your server asked to be left alone.")
    failing_since: datetime | None = Field(description="First failure since the last success.")
    secret: str | None = Field(default=None, description="The shared secret of `v1`: shown this once, keep it.")


def _endpoint(_uow: Any, row: WebhookEndpointRow) -> EndpointOut:
    return EndpointOut.model_validate(row, from_attributes=True)


def _registered(_uow: Any, made: ShownOnce[WebhookEndpointRow]) -> EndpointOut:
    return EndpointOut.model_validate(made.row, from_attributes=True).model_copy(update={"secret": made.secret})


async def _without_secret(uow: Any, endpoint_id: UUID) -> ShownOnce[WebhookEndpointRow]:
    return ShownOnce(await commands.own_endpoint(uow, endpoint_id))


@router.post(
    "/webhook-endpoints",
    operation_id="registerEndpoint",
    summary="Register an endpoint",
    status_code=201,
    response_model=EndpointOut,
    responses=problems(*REFUSALS),
)
async def register(call: Owner, body: EndpointIn) -> Response:
    """By the recipient itself, or by the administration for it. Types are limited by the disclosure matrix."""
    plain = call.runtime.settings.allow_loopback_webhooks
    command = commands.RegisterEndpoint(**{**body.model_dump(), "url": str(body.url)}, plain_http=plain)
    return await call.command(
        lambda uow: commands.register(command, uow=uow), _registered, status=201, reload=_without_secret
    )


@router.get("/webhook-endpoints", operation_id="listEndpoints", summary="Your endpoints")
async def list_(call: Owner, page: Paging) -> Page[EndpointOut]:
    """The administration sees all, a recipient its own."""
    own = [UUID(value) for value in (call.actor.agency_id, call.actor.partner_id) if value]
    conditions = [] if call.acting_role == "administrator" else [col(WebhookEndpointRow.owner_id).in_(own)]
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, WebhookEndpointRow, page, *conditions)
    return Page(items=[_endpoint(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="getEndpoint",
    summary="An endpoint",
    responses=problems(NotFound),
)
async def one(call: Owner, endpoint_id: UUID, response: Response) -> EndpointOut:
    """With the state of its breaker."""
    async with call.reading() as uow:
        row = await commands.own_endpoint(uow, endpoint_id)
    call.etag(response, row.version)
    return _endpoint(None, row)


@router.patch(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="changeEndpoint",
    summary="Change address or types",
    response_model=EndpointOut,
    responses=problems(*REFUSALS, commands.EndpointDisabled, PreconditionFailed),
)
async def change(call: Owner, endpoint_id: UUID, body: EndpointChange) -> Response:
    """What waits is sent to the new address."""
    values = body.model_dump() | {"url": str(body.url) if body.url else None}
    command = commands.ChangeEndpoint(**values, plain_http=call.runtime.settings.allow_loopback_webhooks)
    return await call.command(lambda uow: commands.change(endpoint_id, command, uow=uow), _endpoint)


@router.post(
    "/webhook-endpoints/{endpoint_id}/pause",
    operation_id="pauseEndpoint",
    summary="Pause",
    response_model=EndpointOut,
    responses=problems(NotFound, commands.EndpointDisabled, commands.CertificationNeeded, PreconditionFailed),
)
async def pause(call: Owner, endpoint_id: UUID) -> Response:
    """Everything is kept and sent after resuming."""
    return await call.command(
        lambda uow: commands.set_status(endpoint_id, "paused", uow=uow),
        _endpoint,
        reload=commands.own_endpoint,
    )


@router.post(
    "/webhook-endpoints/{endpoint_id}/resume",
    operation_id="resumeEndpoint",
    summary="Resume",
    response_model=EndpointOut,
    responses=problems(NotFound, commands.EndpointDisabled, commands.CertificationNeeded, PreconditionFailed),
)
async def resume(call: Owner, endpoint_id: UUID) -> Response:
    """Sends what was kept, in order, and at once: it also closes an open breaker."""
    return await call.command(
        lambda uow: commands.set_status(endpoint_id, "active", uow=uow),
        _endpoint,
        reload=commands.own_endpoint,
    )
