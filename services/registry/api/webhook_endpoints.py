"""Webhook endpoints and deliveries, as their owners use them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AnyHttpUrl, BaseModel, Field
from sqlmodel import col

from services.registry.api.schemas import Body, Short
from services.registry.commands import manage_endpoint as commands
from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from services.registry.persistence.rows import get_row
from services.registry.queries.lists import page_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["4 webhooks"])
Owner = Annotated[Call, caller("partner_agency", "reintegration_partner", "administrator")]
Paging = Annotated[PageRequest, Depends(page_request)]


class EndpointIn(Body):
    """Where to be told, and which types."""

    owner_id: UUID
    url: AnyHttpUrl
    event_types: list[Short] = Field(min_length=1, max_length=30)


class EndpointOut(BaseModel):
    """An endpoint; verify our signatures with `public_key`."""

    id: UUID
    version: int
    owner_id: UUID
    url: str
    event_types: list[str]
    status: str
    disabled_reason: str | None
    public_key: str


class DeliveryOut(BaseModel):
    """One delivery."""

    id: UUID
    payload_type: str
    agency_case_ref: str | None
    sequence: int | None
    status: str
    attempts: int
    last_status: int | None
    next_attempt_at: datetime | None
    delivered_at: datetime | None


def _endpoint(_uow: Any, row: WebhookEndpointRow) -> EndpointOut:
    return EndpointOut.model_validate(row, from_attributes=True)


def _delivery(_uow: Any, row: DeliveryRow) -> DeliveryOut:
    return DeliveryOut.model_validate(row, from_attributes=True)


async def _again(uow: Any, row_id: UUID) -> DeliveryRow:
    return await get_row(uow, DeliveryRow, row_id)


@router.post(
    "/webhook-endpoints",
    operation_id="registerEndpoint",
    summary="Register an endpoint",
    status_code=201,
    response_model=EndpointOut,
    responses=problems(NotFound, commands.TypeNotAllowed),
)
async def register(call: Owner, body: EndpointIn) -> Response:
    """By the recipient itself, or by the administration for it. Types are limited by the disclosure matrix."""
    command = commands.RegisterEndpoint(owner_id=body.owner_id, url=str(body.url), event_types=body.event_types)
    return await call.command(
        lambda uow: commands.register(command, uow=uow), _endpoint, status=201, reload=commands.own_endpoint
    )


@router.get("/webhook-endpoints", operation_id="listEndpoints", summary="Your endpoints")
async def list_(call: Owner, page: Paging) -> Page[EndpointOut]:
    """The administration sees all, a recipient its own."""
    own = [UUID(value) for value in (call.actor.agency_id, call.actor.partner_id) if value]
    conditions = [] if call.acting_role == "administrator" else [col(WebhookEndpointRow.owner_id).in_(own)]
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, WebhookEndpointRow, page, *conditions)
    return Page(items=[_endpoint(None, row) for row in rows], next_cursor=cursor)


@router.post(
    "/webhook-endpoints/{endpoint_id}/pause",
    operation_id="pauseEndpoint",
    summary="Pause",
    response_model=EndpointOut,
    responses=problems(NotFound, commands.EndpointDisabled),
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
    responses=problems(NotFound, commands.EndpointDisabled),
)
async def resume(call: Owner, endpoint_id: UUID) -> Response:
    """Sends what was kept, in order."""
    return await call.command(
        lambda uow: commands.set_status(endpoint_id, "active", uow=uow),
        _endpoint,
        reload=commands.own_endpoint,
    )


@router.post(
    "/webhook-endpoints/{endpoint_id}/test-events",
    operation_id="sendTest",
    summary="Send a test",
    status_code=202,
    response_model=DeliveryOut,
    responses=problems(NotFound),
)
async def test_event(call: Owner, endpoint_id: UUID) -> Response:
    """A marked test that names no case and no plausible person."""
    return await call.command(
        lambda uow: commands.send_test(endpoint_id, uow=uow), _delivery, status=202, reload=_again
    )


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    operation_id="listDeliveries",
    summary="Deliveries",
    responses=problems(NotFound),
)
async def deliveries(call: Owner, endpoint_id: UUID, page: Paging) -> Page[DeliveryOut]:
    """Status, attempts and last answer of each."""
    async with call.reading() as uow:
        await commands.own_endpoint(uow, endpoint_id)
        rows, cursor = await page_of(uow, DeliveryRow, page, col(DeliveryRow.endpoint_id) == endpoint_id)
    return Page(items=[_delivery(None, row) for row in rows], next_cursor=cursor)


@router.post(
    "/deliveries/{delivery_id}/replay",
    operation_id="replayDelivery",
    summary="Send again",
    status_code=202,
    response_model=DeliveryOut,
    responses=problems(NotFound),
)
async def replay(call: Owner, delivery_id: UUID) -> Response:
    """Under the same webhook-id; checked again before it leaves."""
    return await call.command(lambda uow: commands.replay(delivery_id, uow=uow), _delivery, status=202, reload=_again)
