"""The keys of an organisation that are trusted at an instant; shared secrets are sealed under the service's own key."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from services.registry.persistence.sender_tables import RecipientKeyRow
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.signatures import HMAC_PREFIX, KeyMalformed, PublicKey, SharedSecret, Trusted

SECRET = "message-secret"  # noqa: S105 - the name of a purpose, not a secret


def seal_secret(uow: UnitOfWork, secret: SharedSecret) -> bytes:
    """The sealed form that is stored."""
    return uow.vault.seal_service(SECRET, secret.raw)


async def keys_of(uow: UnitOfWork, recipient_id: UUID, *, use: str | None = None) -> list[RecipientKeyRow]:
    """Every key ever entered, oldest first."""
    statement = select(RecipientKeyRow).where(col(RecipientKeyRow.recipient_id) == recipient_id)
    if use is not None:
        statement = statement.where(col(RecipientKeyRow.use) == use)
    return list((await uow.session.execute(statement.order_by(col(RecipientKeyRow.id)))).scalars())


def is_live(key: RecipientKeyRow, at: datetime) -> bool:
    """Whether a key is trusted at this instant."""
    return key.valid_from <= at and (key.valid_until is None or at < key.valid_until)


async def trusted_keys(uow: UnitOfWork, sender: RecipientRow) -> list[Trusted]:
    """What this sender's signatures are checked against now; keys named at enrolment count until they are retired."""
    rows = await keys_of(uow, sender.id, use="signing")
    known = {row.public_key for row in rows}
    live: list[Trusted] = [_opened(uow, row) for row in rows if is_live(row, uow.now)]
    return live + _readable([text for text in sender.message_keys if text not in known])


def _opened(uow: UnitOfWork, row: RecipientKeyRow) -> Trusted:
    if row.public_key is not None:
        return PublicKey.parse(row.public_key)
    raw = uow.vault.open_service(SECRET, bytes(row.sealed_secret or b""))
    return SharedSecret.parse(HMAC_PREFIX + base64.b64encode(raw).decode())


def _readable(texts: Sequence[str]) -> list[Trusted]:
    keys: list[Trusted] = []
    for text in texts:
        try:
            keys.append(PublicKey.parse(text))
        except KeyMalformed:
            continue
    return keys
