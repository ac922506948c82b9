"""Keys of an organisation: entered by the administration, replaced with an overlap, retired at once when lost.

A signing key is ed25519 (`v1a`, we hold the public half) or a shared secret (`v1`, made here, shown once). An
encryption key is X25519. Sources: Standard Webhooks 1.0.0; RFC 8037 for the JSON form of X25519 keys.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.registry.commands.manage_endpoint import speaks_for
from services.registry.commands.shown_once import ShownOnce
from services.registry.commands.tell_keys import ENCRYPTION, tell_keys
from services.registry.persistence.rows import get_row
from services.registry.persistence.sender_keys import is_live, keys_of, seal_secret
from services.registry.persistence.sender_tables import RecipientKeyRow
from services.registry.persistence.tables import RecipientRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotFound
from shared.protection.encryption import can_encrypt_to
from shared.protection.signatures import HMAC_PREFIX, KeyMalformed, PublicKey, SharedSecret

Use = Literal["signing", "encryption"]
Algorithm = Literal["v1a", "v1", "X25519"]
SECRET_BYTES = 32
MOST_LIVE_KEYS = 10
LONGEST_OVERLAP_HOURS = 168


class KeyNotReadable(Invalid):
    """The key is not of the form that its algorithm has."""

    slug = "key-not-readable"
    title = "The key does not have the form of its algorithm"


class TooManyKeys(Conflict):
    """So many keys at once are nobody's intention."""

    slug = "too-many-keys"
    title = "This organisation has ten keys in use; retire one first"


class KeyRetired(Conflict):
    """A key that is no longer trusted stays so."""

    slug = "key-retired"
    title = "This key was retired; enter a new one"


@dataclass(frozen=True, kw_only=True)
class EnterKey:
    """A key, and which older one it replaces after how many hours of overlap."""

    recipient_id: UUID
    use: Use
    algorithm: Algorithm
    public_key: str | None = None
    replaces: UUID | None = None
    overlap_hours: int = 24


def _sees_keys(actor: Principal, recipient: RecipientRow) -> bool:
    return speaks_for(actor, recipient) or actor.has("programme_manager")


async def enter(command: EnterKey, *, uow: UnitOfWork) -> ShownOnce[RecipientKeyRow]:
    """Raises NotFound, KeyNotReadable, TooManyKeys, KeyRetired."""
    recipient = await get_row(uow, RecipientRow, command.recipient_id, lock=True)
    live = [key for key in await keys_of(uow, recipient.id) if is_live(key, uow.now)]
    if len(live) >= MOST_LIVE_KEYS:
        raise TooManyKeys
    secret = _new_secret(command)
    row = RecipientKeyRow(
        recipient_id=recipient.id,
        use=command.use,
        algorithm=command.algorithm,
        public_key=_readable(command),
        sealed_secret=seal_secret(uow, secret) if secret else None,
        valid_from=uow.now,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    if command.replaces is not None:
        await _let_run_out(recipient, command, uow=uow)
    if row.use == ENCRYPTION:
        await tell_keys(recipient.id, uow=uow)
    uow.record("recipient-key.entered", subject=recipient.id, use=command.use, algorithm=command.algorithm)
    return ShownOnce(row, HMAC_PREFIX + base64.b64encode(secret.raw).decode() if secret else None)


async def retire(recipient_id: UUID, key_id: UUID, *, uow: UnitOfWork) -> ShownOnce[RecipientKeyRow]:
    """Trusted no more from now on: by the administration, or by the organisation that lost it. Raises NotFound,
    KeyRetired."""
    recipient = await get_row(uow, RecipientRow, recipient_id)
    require(uow.actor, _sees_keys, recipient)
    row = await _own_key(uow, recipient_id, key_id)
    uow.match(row.version)
    row.valid_until = uow.now
    touch(row, now=uow.now)
    if row.use == ENCRYPTION:
        await tell_keys(recipient_id, uow=uow)
    uow.record("recipient-key.retired", subject=recipient_id, use=row.use)
    return ShownOnce(row)


async def listed(uow: UnitOfWork, recipient_id: UUID) -> list[RecipientKeyRow]:
    """Every key, retired ones too. Raises NotFound outside the own scope."""
    require(uow.actor, _sees_keys, await get_row(uow, RecipientRow, recipient_id))
    return await keys_of(uow, recipient_id)


async def shown_again(uow: UnitOfWork, key_id: UUID) -> ShownOnce[RecipientKeyRow]:
    """For a repeated request: the key without its secret, which is shown once only."""
    return ShownOnce(await get_row(uow, RecipientKeyRow, key_id))


async def _let_run_out(recipient: RecipientRow, command: EnterKey, *, uow: UnitOfWork) -> None:
    earlier = await _own_key(uow, recipient.id, command.replaces)
    if earlier.use != command.use:
        raise NotFound
    until = uow.now + timedelta(hours=command.overlap_hours)
    earlier.valid_until = min(until, earlier.valid_until or until)
    touch(earlier, now=uow.now)


async def _own_key(uow: UnitOfWork, recipient_id: UUID, key_id: UUID | None) -> RecipientKeyRow:
    row = await get_row(uow, RecipientKeyRow, key_id, lock=True) if key_id else None
    if row is None or row.recipient_id != recipient_id:
        raise NotFound
    if not is_live(row, uow.now):
        raise KeyRetired
    return row


def _new_secret(command: EnterKey) -> SharedSecret | None:
    return SharedSecret(secrets.token_bytes(SECRET_BYTES)) if command.algorithm == "v1" else None


def _readable(command: EnterKey) -> str | None:
    """The public half in its one spelling. Raises KeyNotReadable."""
    if (command.use == "encryption") != (command.algorithm == "X25519"):
        raise KeyNotReadable
    if command.algorithm == "v1":
        if command.public_key is not None:
            raise KeyNotReadable
        return None
    try:
        if command.algorithm == "v1a":
            return str(PublicKey.parse(command.public_key or ""))
        raw = base64.urlsafe_b64decode((command.public_key or "") + "=")
    except (KeyMalformed, binascii.Error, ValueError):
        raise KeyNotReadable from None
    key = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    if len(raw) != 32 or not can_encrypt_to(key):
        raise KeyNotReadable
    return key
