"""Register an endpoint for webhooks, pause, resume, disable and test it; the signing key is made here and never
shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.registry.contracts.published import WebhookEndpointDisabledV1
from services.registry.domain.disclosure_matrix import OUTWARD_TYPES, TEST_EVENT, allowed_types
from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.signing_keys import seal_signing_key
from services.registry.persistence.tables import RecipientRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.protection.signatures import SigningKey


class TypeNotAllowed(Invalid):
    """The disclosure matrix does not let this recipient have that type."""

    slug = "event-type-not-allowed"
    title = "This recipient may not be told one of these types"


class EndpointDisabled(Conflict):
    """A disabled endpoint stays so; register a new one."""

    slug = "endpoint-disabled"
    title = "This endpoint is disabled; register a new one"


@dataclass(frozen=True, kw_only=True)
class RegisterEndpoint:
    """Where, and which types."""

    owner_id: UUID
    url: str
    event_types: list[str]


def speaks_for(actor: Principal, recipient: RecipientRow) -> bool:
    """The recipient itself, or the host's administration."""
    return str(recipient.id) in (actor.agency_id, actor.partner_id) or actor.has("administrator")


async def register(command: RegisterEndpoint, *, uow: UnitOfWork) -> WebhookEndpointRow:
    """Raises NotFound outside the own scope, TypeNotAllowed naming the types."""
    owner = await get_row(uow, RecipientRow, command.owner_id)
    require(uow.actor, speaks_for, owner)
    refused = sorted(set(command.event_types) - allowed_types(owner.kind, owner.roles))
    if refused:
        named = sorted({name if name in OUTWARD_TYPES else "unknown type" for name in refused})
        raise TypeNotAllowed(event_types=named, allowed=sorted(allowed_types(owner.kind, owner.roles)))
    key = SigningKey.generate()
    row = WebhookEndpointRow(
        owner_id=owner.id,
        url=command.url,
        event_types=sorted(set(command.event_types)),
        sealed_signing_key=seal_signing_key(uow, key),
        public_key=str(key.public),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("webhook-endpoint.registered", subject=row.id)
    return row


async def own_endpoint(uow: UnitOfWork, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpointRow:
    """The endpoint, if the caller speaks for its owner. Raises NotFound."""
    row = await get_row(uow, WebhookEndpointRow, endpoint_id, lock=lock)
    require(uow.actor, speaks_for, await get_row(uow, RecipientRow, row.owner_id))
    return row


async def set_status(endpoint_id: UUID, status: Literal["active", "paused"], *, uow: UnitOfWork) -> WebhookEndpointRow:
    """Pause or resume; while paused everything is kept and sent later. Raises NotFound, EndpointDisabled."""
    row = await own_endpoint(uow, endpoint_id, lock=True)
    uow.match(row.version)
    if row.status == "disabled":
        raise EndpointDisabled
    row.status = status
    touch(row, now=uow.now)
    uow.record(f"webhook-endpoint.{status}", subject=row.id)
    return row


def disable(row: WebhookEndpointRow, reason: str, *, uow: UnitOfWork) -> None:
    """The receiver is gone: nothing is sent any more, the feed stays."""
    row.status, row.disabled_reason = "disabled", reason
    touch(row, now=uow.now)
    uow.publish(WebhookEndpointDisabledV1(endpoint_id=row.id, owner_id=row.owner_id, reason_code=reason))
    uow.notify("webhook-endpoint.disabled", role="administrator", scope="*", subject=row.id, reason=reason)


async def send_test(endpoint_id: UUID, *, uow: UnitOfWork) -> DeliveryRow:
    """Queue a test that names no case and no plausible person. Raises NotFound."""
    row = await own_endpoint(uow, endpoint_id)
    delivery = DeliveryRow(
        source_event=str(new_id()),
        recipient_id=row.owner_id,
        endpoint_id=row.id,
        payload_type=TEST_EVENT,
        facts={"test": True},
        purpose="test",
        traceparent=uow.traceparent,
        occurred_at=uow.now,
        next_attempt_at=uow.now,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(delivery)
    return delivery


async def replay(delivery_id: UUID, *, uow: UnitOfWork) -> DeliveryRow:
    """Send a delivery again, under the same webhook-id; it is checked again before it leaves. Raises NotFound."""
    row = await get_row(uow, DeliveryRow, delivery_id, lock=True)
    require(uow.actor, speaks_for, await get_row(uow, RecipientRow, row.recipient_id))
    row.status, row.attempts, row.next_attempt_at, row.claimed_until = "pending", 0, uow.now, None
    touch(row, now=uow.now)
    uow.record("delivery.replayed", subject=row.id)
    return row
