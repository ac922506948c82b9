"""What was sent to an endpoint, what came back, and sending it again; all of it usable by the recipient itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import col

from services.registry.api.schemas import Body, Short
from services.registry.commands import manage_endpoint, replay_deliveries
from services.registry.commands.show_deliveries import OVERSEER, own_delivery, shown_of
from services.registry.persistence.attempts import answer_of, attempts_of
from services.registry.persistence.disclosure_tables import DeliveryRow
from services.registry.persistence.rows import get_row
from services.registry.queries.endpoint_health import health_of
from services.registry.queries.lists import page_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["4 webhooks"])
Owner = Annotated[Call, caller("partner_agency", "reintegration_partner", "administrator")]
Paging = Annotated[PageRequest, Depends(page_request)]
Status = Literal["pending", "delivered", "failed", "withheld"]


class DeliveryOut(BaseModel):
    """One delivery."""

    id: UUID
    payload_type: str
    agency_case_ref: str | None
    sequence: int | None = Field(description="The number of this endpoint for the case, once it has left.")
    status: str
    attempts: int
    last_status: int | None
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime


class AttemptOut(BaseModel):
    """One attempt."""

    at: datetime = Field(description="When it ended.")
    status: int | None = Field(description="Your server's status; none when there was no answer.")
    error: str | None = Field(description="Why there was no answer, as a code.")
    milliseconds: int = Field(description="How long it took.")
    answer: str | None = Field(description="The beginning of your server's answer, shown to you alone for 30 days.")


class DeliveryDetail(DeliveryOut):
    """One delivery with every attempt."""

    webhook_id: str = Field(description="The `webhook-id` header, the same at every attempt.")
    attempt_log: list[AttemptOut] = Field(description="Attempts, oldest first.")


class HealthOut(BaseModel):
    """How an endpoint is doing."""

    hours: int = Field(description="The span looked at.")
    attempts: int
    successes: int = Field(description="Attempts that were answered with 2xx.")
    success_rate: float | None = Field(description="Share of attempts that succeeded.")
    median_milliseconds: int | None = Field(description="Half of the answers came within this.")
    slowest_percent_milliseconds: int | None = Field(description="99 of 100 answers came within this.")
    waiting: int = Field(description="Deliveries that wait for their turn or for another attempt.")
    oldest_waiting: datetime | None = Field(description="Since when the oldest of them waits.")


class ReplayIn(Body):
    """A window of time, by when deliveries were made ready."""

    since: AwareDatetime = Field(description="Beginning of the window.")
    until: AwareDatetime = Field(description="End of the window; not part of it.")
    everything: bool = Field(default=False, description="Also what was delivered; otherwise only what failed.")
    event_types: list[Short] | None = Field(default=None, max_length=30)


class ReplayOut(BaseModel):
    """How much is sent again."""

    count: int = Field(description="Deliveries that are sent again.")
    more: bool = Field(description="There are more in the window: ask again from `continue_from`.")
    continue_from: datetime | None = Field(description="The next `since`.")


def _delivery(_uow: Any, row: DeliveryRow) -> DeliveryOut:
    shown = DeliveryOut.model_validate(row, from_attributes=True)
    return shown.model_copy(update={"sequence": row.endpoint_sequence})


def _replayed(_uow: Any, done: replay_deliveries.Replayed) -> ReplayOut:
    return ReplayOut.model_validate(done, from_attributes=True)


async def _again(uow: Any, row_id: UUID) -> DeliveryRow:
    return await get_row(uow, DeliveryRow, row_id)


@router.post(
    "/webhook-endpoints/{endpoint_id}/test-events",
    operation_id="sendTest",
    summary="Send a test",
    status_code=202,
    response_model=DeliveryOut,
    responses=problems(NotFound, manage_endpoint.EndpointDisabled),
)
async def test_event(call: Owner, endpoint_id: UUID) -> Response:
    """A marked test that names no case and no plausible person."""
    return await call.command(
        lambda uow: manage_endpoint.send_test(endpoint_id, uow=uow), _delivery, status=202, reload=_again
    )


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    operation_id="listDeliveries",
    summary="Deliveries",
    responses=problems(NotFound),
)
async def deliveries(
    call: Owner,
    endpoint_id: UUID,
    page: Paging,
    status: Annotated[Status | None, Query(description="Only in this state.")] = None,
    payload_type: Annotated[str | None, Query(max_length=60, description="Only of this type.")] = None,
    agency_case_ref: Annotated[str | None, Query(max_length=80, description="Only of this case.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Made ready at or after.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Made ready before.")] = None,
) -> Page[DeliveryOut]:
    """Status, attempts and last answer of each, oldest first: what has left, and what waits and may leave now."""
    wanted = {"status": status, "payload_type": payload_type, "agency_case_ref": agency_case_ref}
    conditions = [col(getattr(DeliveryRow, name)) == value for name, value in wanted.items() if value is not None]
    conditions += [col(DeliveryRow.created_at) >= since] if since else []
    conditions += [col(DeliveryRow.created_at) < until] if until else []
    async with call.reading() as uow:
        await manage_endpoint.own_endpoint(uow, endpoint_id)
        conditions += [col(DeliveryRow.endpoint_id) == endpoint_id, await shown_of(uow, endpoint_id)]
        rows, cursor = await page_of(uow, DeliveryRow, page, *conditions)
    return Page(items=[_delivery(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/deliveries/{delivery_id}",
    operation_id="getDelivery",
    summary="A delivery with its attempts",
    responses=problems(NotFound),
)
async def one(call: Owner, delivery_id: UUID) -> DeliveryDetail:
    """The beginning of an answer is shown to the recipient itself only."""
    own = call.acting_role != OVERSEER
    async with call.reading() as uow:
        row = await own_delivery(uow, delivery_id)
        attempts = [
            AttemptOut(
                **{name: getattr(attempt, name) for name in ("at", "status", "error", "milliseconds")},
                answer=answer_of(uow, attempt) if own else None,
            )
            for attempt in await attempts_of(uow, row.id)
        ]
    shown = _delivery(None, row).model_dump()
    return DeliveryDetail(**shown, webhook_id=f"msg_{row.id.hex}", attempt_log=attempts)


@router.post(
    "/deliveries/{delivery_id}/replay",
    operation_id="replayDelivery",
    summary="Send again",
    status_code=202,
    response_model=DeliveryOut,
    responses=problems(NotFound, replay_deliveries.NoEndpoint),
)
async def replay(call: Owner, delivery_id: UUID) -> Response:
    """Under the same webhook-id; checked again before it leaves."""
    return await call.command(
        lambda uow: replay_deliveries.replay(delivery_id, uow=uow), _delivery, status=202, reload=_again
    )


@router.post(
    "/webhook-endpoints/{endpoint_id}/replays",
    operation_id="replayWindow",
    summary="Send a window again",
    status_code=202,
    response_model=ReplayOut,
    responses=problems(NotFound, manage_endpoint.EndpointDisabled, replay_deliveries.WindowNotValid),
)
async def replay_window(call: Owner, endpoint_id: UUID, body: ReplayIn) -> Response:
    """Oldest first, at most 1,000 at once; each is checked again before it leaves."""
    window = replay_deliveries.Window(**body.model_dump())
    return await call.command(
        lambda uow: replay_deliveries.replay_window(endpoint_id, window, uow=uow), _replayed, status=202
    )


@router.get(
    "/webhook-endpoints/{endpoint_id}/health",
    operation_id="getEndpointHealth",
    summary="Success rate and speed",
    responses=problems(NotFound),
)
async def health(
    call: Owner,
    endpoint_id: UUID,
    hours: Annotated[int, Query(ge=1, le=720, description="The span looked at.")] = 24,
) -> HealthOut:
    """Of the last hours, and what waits now."""
    async with call.reading() as uow:
        await manage_endpoint.own_endpoint(uow, endpoint_id)
        since, shown = uow.now - timedelta(hours=hours), await shown_of(uow, endpoint_id)
        found = await health_of(uow, endpoint_id, since, shown)
    return HealthOut(hours=hours, success_rate=found.success_rate, **found.__dict__)
