"""The signing keys of webhook endpoints, sealed under a key derived from the service's own master key."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import WebhookEndpointRow
from services.registry.persistence.webhook_tables import EndpointKeyRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.signatures import HMAC_PREFIX, SECRET_PREFIX, SharedSecret, SigningKey

Scheme = Literal["v1a", "v1"]
Key = SigningKey | SharedSecret
PURPOSE = "webhook-signing-key"
SECRET_BYTES = 32


def add_key(uow: UnitOfWork, endpoint: WebhookEndpointRow, scheme: Scheme) -> tuple[EndpointKeyRow, str | None]:
    """A new key of an endpoint; with the shared secret of `v1`, which is never to be had again."""
    key: Key = SigningKey.generate() if scheme == "v1a" else SharedSecret(secrets.token_bytes(SECRET_BYTES))
    row = EndpointKeyRow(
        endpoint_id=endpoint.id,
        scheme=scheme,
        sealed_key=uow.vault.seal_service(PURPOSE, key.raw),
        public_key=str(key.public) if isinstance(key, SigningKey) else None,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    endpoint.public_key = row.public_key
    endpoint.sealed_signing_key = row.sealed_key if scheme == "v1a" else None
    return row, None if isinstance(key, SigningKey) else HMAC_PREFIX + base64.b64encode(key.raw).decode()


async def keys_of(uow: UnitOfWork, endpoint_id: UUID) -> list[EndpointKeyRow]:
    """Every key an endpoint has had, newest first."""
    statement = select(EndpointKeyRow).where(col(EndpointKeyRow.endpoint_id) == endpoint_id)
    found = await uow.session.execute(statement.order_by(col(EndpointKeyRow.id).desc()))
    return list(found.scalars())


def is_live(uow: UnitOfWork, key: EndpointKeyRow) -> bool:
    """Whether deliveries are signed with it now."""
    return key.retires_at is None or key.retires_at > uow.now


async def open_keys(uow: UnitOfWork, endpoints: Iterable[WebhookEndpointRow]) -> Mapping[UUID, list[Key]]:
    """The live keys of these endpoints, newest first; raises SealBroken."""
    wanted = {endpoint.id: endpoint for endpoint in endpoints}
    statement = select(EndpointKeyRow).where(col(EndpointKeyRow.endpoint_id).in_(wanted))
    rows = (await uow.session.execute(statement.order_by(col(EndpointKeyRow.id).desc()))).scalars()
    found: dict[UUID, list[Key]] = defaultdict(list)
    for row in rows:
        if is_live(uow, row):
            found[row.endpoint_id].append(_opened(row.scheme, uow.vault.open_service(PURPOSE, bytes(row.sealed_key))))
    for endpoint in wanted.values():
        if endpoint.id not in found and endpoint.sealed_signing_key is not None:  # made by the last version
            raw = uow.vault.open_service(PURPOSE, bytes(endpoint.sealed_signing_key))
            found[endpoint.id].append(_opened("v1a", raw))
    return found


def _opened(scheme: str, raw: bytes) -> Key:
    if scheme == "v1":
        return SharedSecret(raw)
    return SigningKey.parse(SECRET_PREFIX + base64.b64encode(raw).decode())
