"""Replace the key of an endpoint: old and new sign side by side for a while, so that nobody must hurry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.registry.commands.manage_endpoint import EndpointDisabled, own_endpoint
from services.registry.persistence.disclosure_tables import WebhookEndpointRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.signing_keys import Scheme, add_key, is_live, keys_of
from services.registry.persistence.webhook_tables import EndpointKeyRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound

MOST_LIVE_KEYS = 5
DEFAULT_OVERLAP_HOURS, LONGEST_OVERLAP_HOURS = 24, 168
"""As the large operators do: a day unless said otherwise, a week at most."""


class TooManyKeys(Conflict):
    """Every live key signs every delivery; retire one first."""

    slug = "too-many-keys"
    title = "Too many keys are live; retire one first"


class KeyInUse(Conflict):
    """The newest key cannot be retired: rotate first, then retire the old one."""

    slug = "key-in-use"
    title = "This is the current key; rotate before you retire it"


@dataclass(frozen=True)
class NewKey:
    """A key and, once, its shared secret."""

    row: EndpointKeyRow
    current: bool
    secret: str | None = None

    @property
    def id(self) -> UUID:
        """The key's id."""
        return self.row.id


async def rotate(endpoint_id: UUID, *, scheme: Scheme | None, overlap_hours: int | None, uow: UnitOfWork) -> NewKey:
    """A new key, of another scheme if wanted; the others retire after the overlap. Raises NotFound, EndpointDisabled,
    TooManyKeys."""
    endpoint = await own_endpoint(uow, endpoint_id, lock=True)
    uow.match(endpoint.version)
    if endpoint.status == "disabled":
        raise EndpointDisabled
    live = [key for key in await keys_of(uow, endpoint.id) if is_live(uow, key)]
    if len(live) >= MOST_LIVE_KEYS:
        raise TooManyKeys(most=MOST_LIVE_KEYS)
    until = uow.now + timedelta(hours=DEFAULT_OVERLAP_HOURS if overlap_hours is None else overlap_hours)
    for key in live:
        key.retires_at = min(key.retires_at or until, until)
        touch(key, now=uow.now)
    row, secret = add_key(uow, endpoint, scheme or _scheme_of(endpoint))
    touch(endpoint, now=uow.now)
    uow.record("webhook-endpoint.key-rotated", subject=endpoint.id, scheme=row.scheme)
    return NewKey(row, True, secret)


async def retire(endpoint_id: UUID, key_id: UUID, *, uow: UnitOfWork) -> NewKey:
    """End the overlap now, for example because a secret leaked. Raises NotFound, KeyInUse."""
    endpoint = await own_endpoint(uow, endpoint_id, lock=True)
    uow.match(endpoint.version)
    found = await own_key(uow, endpoint, key_id)
    if found.current:
        raise KeyInUse
    found.row.retires_at = min(found.row.retires_at or uow.now, uow.now)
    touch(found.row, now=uow.now)
    touch(endpoint, now=uow.now)
    uow.record("webhook-endpoint.key-retired", subject=endpoint.id)
    return found


async def own_key(uow: UnitOfWork, endpoint: WebhookEndpointRow, key_id: UUID) -> NewKey:
    """A key of this endpoint. Raises NotFound."""
    keys = await keys_of(uow, endpoint.id)
    for place, key in enumerate(keys):
        if key.id == key_id:
            return NewKey(key, place == 0)
    raise NotFound


async def list_keys(uow: UnitOfWork, endpoint_id: UUID) -> list[NewKey]:
    """Every key, newest first. Raises NotFound."""
    endpoint = await own_endpoint(uow, endpoint_id)
    return [NewKey(key, place == 0) for place, key in enumerate(await keys_of(uow, endpoint.id))]


async def rotated_again(uow: UnitOfWork, key_id: UUID) -> NewKey:
    """What a repeated request is told: the key, without its secret."""
    row = await get_row(uow, EndpointKeyRow, key_id)
    return await own_key(uow, await own_endpoint(uow, row.endpoint_id), key_id)


def _scheme_of(endpoint: WebhookEndpointRow) -> Scheme:
    return "v1" if endpoint.public_key is None else "v1a"
