"""Send again what a recipient asks for, one delivery or a window: same webhook-id, same number, checked again first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.manage_endpoint import EndpointDisabled, own_endpoint
from services.registry.commands.show_deliveries import HAS_LEFT, own_delivery
from services.registry.commands.tell_recipient import endpoints_for
from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid

MOST_AT_ONCE = 1_000
LASTING = ("failed", "delivered")


class WindowNotValid(Invalid):
    """The window ends before it begins."""

    slug = "window-not-valid"
    title = "The window must end after it begins"


class NoEndpoint(Conflict):
    """Nothing is registered that this could be sent to."""

    slug = "no-endpoint"
    title = "Register an endpoint for this type first"


@dataclass(frozen=True, kw_only=True)
class Window:
    """Deliveries that happened in a span of time, those that failed unless all are wanted."""

    since: datetime
    until: datetime
    everything: bool = False
    event_types: list[str] | None = None


@dataclass(frozen=True)
class Replayed:
    """How many are sent again, and whether there are more in the window than are taken at once."""

    count: int
    more: bool
    continue_from: datetime | None


async def replay(delivery_id: UUID, *, uow: UnitOfWork) -> DeliveryRow:
    """To its own endpoint, or where that one is disabled to another, by whose counter it is then numbered. Raises
    NotFound, NoEndpoint."""
    row = await own_delivery(uow, delivery_id)
    endpoint = await uow.session.get(WebhookEndpointRow, row.endpoint_id) if row.endpoint_id else None
    if endpoint is None or endpoint.status == "disabled":
        others = await endpoints_for(uow, row.recipient_id, row.payload_type, row.purpose, case_id=row.case_id)
        if not others:
            raise NoEndpoint
        row.endpoint_id, row.endpoint_sequence = others[0].id, None
        row.attempts, row.delivered_at = 0, None
    _send_again(uow, row)
    uow.record("delivery.replayed", subject=row.id)
    return row


async def replay_window(endpoint_id: UUID, window: Window, *, uow: UnitOfWork) -> Replayed:
    """Raises NotFound, EndpointDisabled, WindowNotValid."""
    endpoint = await own_endpoint(uow, endpoint_id)
    if endpoint.status == "disabled":
        raise EndpointDisabled
    if window.until <= window.since:
        raise WindowNotValid
    statement = select(DeliveryRow).where(
        col(DeliveryRow.endpoint_id) == endpoint.id,
        col(DeliveryRow.created_at) >= window.since,
        col(DeliveryRow.created_at) < window.until,
        col(DeliveryRow.status).in_(LASTING if window.everything else LASTING[:1]),
        HAS_LEFT,
    )
    if window.event_types is not None:
        statement = statement.where(col(DeliveryRow.payload_type).in_(window.event_types))
    ordered = statement.order_by(col(DeliveryRow.created_at), col(DeliveryRow.id)).limit(MOST_AT_ONCE + 1)
    rows = list((await uow.session.execute(ordered.with_for_update(key_share=True))).scalars())
    for row in rows[:MOST_AT_ONCE]:
        _send_again(uow, row)
    uow.record("deliveries.replayed", subject=endpoint.id, count=min(len(rows), MOST_AT_ONCE))
    more = rows[MOST_AT_ONCE] if len(rows) > MOST_AT_ONCE else None
    return Replayed(min(len(rows), MOST_AT_ONCE), more is not None, more.created_at if more else None)


def _send_again(uow: UnitOfWork, row: DeliveryRow) -> None:
    """One that is under way stays with its sender; it is only not to wait any longer should it fail. What is told at a
    later moment is not told before."""
    row.next_attempt_at = max(uow.now, row.occurred_at)
    if row.status != "pending":
        row.status, row.attempts, row.claimed_until = "pending", 0, None
    touch(row, now=uow.now)
