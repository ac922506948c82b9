"""The signing keys of webhook endpoints, sealed under a key derived from the service's own master key."""

from __future__ import annotations

import base64

from services.registry.persistence.disclosure_tables import WebhookEndpointRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.signatures import SECRET_PREFIX, SigningKey

PURPOSE = "webhook-signing-key"


def seal_signing_key(uow: UnitOfWork, key: SigningKey) -> bytes:
    """The sealed form that is stored."""
    return uow.vault.seal_service(PURPOSE, key.raw)


def open_signing_key(uow: UnitOfWork, endpoint: WebhookEndpointRow) -> SigningKey:
    """The key an endpoint's deliveries are signed with; raises SealBroken."""
    raw = uow.vault.open_service(PURPOSE, bytes(endpoint.sealed_signing_key))
    return SigningKey.parse(SECRET_PREFIX + base64.b64encode(raw).decode())
