"""The public key to which a recipient's packages are encrypted at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.returns.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class EncryptionKey:
    """A key by the name under which registry keeps it."""

    key_id: str
    public_key: str


class NoKeyLeft(Exception):
    """The recipient once had a key and has none now: nothing is sent in clear instead."""


async def encryption_key(uow: UnitOfWork, recipient_id: UUID) -> EncryptionKey | None:
    """The newest one in use; None for a recipient that never had any. Raises NoKeyLeft."""
    recipient = await uow.session.get(RecipientRow, recipient_id)
    if recipient is None or recipient.encryption_keys is None:
        return None
    for key in recipient.encryption_keys:
        until = key.get("valid_until")
        if until is None or uow.now < datetime.fromisoformat(until):
            return EncryptionKey(key["key_id"], key["public_key"])
    raise NoKeyLeft


async def has_key(uow: UnitOfWork, recipient_id: UUID) -> bool:
    """Whether what it reads is encrypted to it, or not given at all."""
    recipient = await uow.session.get(RecipientRow, recipient_id)
    return recipient is not None and recipient.encryption_keys is not None
