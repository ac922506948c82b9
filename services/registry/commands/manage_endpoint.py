"""Register an endpoint for webhooks, change, pause, resume and test it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from services.registry.commands.shown_once import ShownOnce
from services.registry.domain import endpoint_terms as terms
from services.registry.domain.disclosure_matrix import TEST_EVENT
from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from services.registry.persistence.endpoint_numbers import take_over
from services.registry.persistence.rows import get_row
from services.registry.persistence.signing_keys import Scheme, add_key
from services.registry.persistence.tables import RecipientRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid
from shared.ids import new_id


class AddressNotAccepted(Invalid):
    """Webhooks go over https, to an address without a user, a password or a fragment."""

    slug = "address-not-accepted"
    title = "The address must be https, without user, password and fragment"


class EndpointDisabled(Conflict):
    """A disabled endpoint stays so; register a new one."""

    slug = "endpoint-disabled"
    title = "This endpoint is disabled; register a new one"


class CertificationNeeded(Conflict):
    """Nothing is sent to an endpoint before it has passed its certification, tests of their own neither."""

    slug = "certification-needed"
    title = "This endpoint is not certified yet; ask for its certification"


@dataclass(frozen=True, kw_only=True)
class RegisterEndpoint:
    """Where, which types, for what and on which basis; what is left out follows from the recipient's kind and roles."""

    owner_id: UUID
    url: str
    event_types: list[str]
    purposes: list[str] | None = None
    legal_basis: str | None = None
    data_classes: list[str] | None = None
    scheme: Scheme = "v1a"
    plain_http: bool = field(default=False)


@dataclass(frozen=True, kw_only=True)
class ChangeEndpoint:
    """What is to be different; None leaves it as it is."""

    url: str | None = None
    event_types: list[str] | None = None
    purposes: list[str] | None = None
    data_classes: list[str] | None = None
    plain_http: bool = False


def speaks_for(actor: Principal, recipient: RecipientRow) -> bool:
    """The recipient itself, or the host's administration."""
    return str(recipient.id) in (actor.agency_id, actor.partner_id, actor.provider_id) or actor.has("administrator")


async def register(command: RegisterEndpoint, *, uow: UnitOfWork) -> ShownOnce[WebhookEndpointRow]:
    """Raises NotFound outside the own scope, TypeNotAllowed, PurposeNotAllowed, DataClassMissing and
    AddressNotAccepted."""
    owner = await get_row(uow, RecipientRow, command.owner_id)
    require(uow.actor, speaks_for, owner)
    row = WebhookEndpointRow(
        owner_id=owner.id,
        url=_address(command.url, plain_http=command.plain_http),
        event_types=terms.types(owner.kind, owner.roles, command.event_types),
        purposes=terms.purposes(owner.roles, command.purposes),
        legal_basis=terms.basis(owner.kind, command.legal_basis),
        data_classes=terms.classes(command.event_types, command.data_classes),
        status="testing",
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    _, secret = add_key(uow, row, command.scheme)
    await take_over(uow, row)
    uow.record("webhook-endpoint.registered", subject=row.id, scheme=command.scheme)
    return ShownOnce(row, secret)


async def change(endpoint_id: UUID, command: ChangeEndpoint, *, uow: UnitOfWork) -> WebhookEndpointRow:
    """Other types, or another address: that is certified first, and what waits goes there. Raises as `register`, and
    EndpointDisabled."""
    row = await own_endpoint(uow, endpoint_id, lock=True)
    uow.match(row.version)
    if row.status == "disabled":
        raise EndpointDisabled
    owner = await get_row(uow, RecipientRow, row.owner_id)
    if command.url is not None and command.url != row.url:
        row.url, row.status = _address(command.url, plain_http=command.plain_http), "testing"
        _ask_at_once(row, uow=uow)
        row.failing_since, row.failures = None, 0
    if command.purposes is not None:
        row.purposes = terms.purposes(owner.roles, command.purposes)
    if command.event_types is not None:
        row.event_types = terms.types(owner.kind, owner.roles, command.event_types)
    if command.event_types is not None or command.data_classes is not None:
        row.data_classes = terms.classes(row.event_types, command.data_classes)
    touch(row, now=uow.now)
    uow.record("webhook-endpoint.changed", subject=row.id)
    return row


async def own_endpoint(uow: UnitOfWork, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpointRow:
    """The endpoint, if the caller speaks for its owner. Raises NotFound."""
    row = await get_row(uow, WebhookEndpointRow, endpoint_id, lock=lock)
    require(uow.actor, speaks_for, await get_row(uow, RecipientRow, row.owner_id))
    return row


async def set_status(endpoint_id: UUID, status: Literal["active", "paused"], *, uow: UnitOfWork) -> WebhookEndpointRow:
    """Pause or resume; while paused everything is kept and sent later, and resuming asks at once whatever was wrong
    before. Raises NotFound, EndpointDisabled, CertificationNeeded."""
    row = await own_endpoint(uow, endpoint_id, lock=True)
    uow.match(row.version)
    _must_be_live(row)
    row.status = status
    if status == "active":
        _ask_at_once(row, uow=uow)
    touch(row, now=uow.now)
    uow.record(f"webhook-endpoint.{status}", subject=row.id)
    return row


async def send_test(endpoint_id: UUID, *, uow: UnitOfWork) -> DeliveryRow:
    """Queue a test that names no case and no plausible person. Raises NotFound, EndpointDisabled,
    CertificationNeeded."""
    row = await own_endpoint(uow, endpoint_id)
    _must_be_live(row)
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


def _ask_at_once(row: WebhookEndpointRow, *, uow: UnitOfWork) -> None:
    """Whatever was wrong before."""
    row.breaker, row.breaker_opens, row.breaker_since, row.breaker_until = "closed", 0, uow.now, None
    row.rest_until = None


def _must_be_live(row: WebhookEndpointRow) -> None:
    if row.status == "disabled":
        raise EndpointDisabled
    if row.status == "testing":
        raise CertificationNeeded


def _address(url: str, *, plain_http: bool) -> str:
    """The address as given; raises AddressNotAccepted."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not plain_http:
        raise AddressNotAccepted
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressNotAccepted
    return url
