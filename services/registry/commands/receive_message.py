"""The one door in: a signed, coded message of an agency, partner or provider about a case it was told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.registry.commands import take_message
from services.registry.commands.sender_access import sender_of
from services.registry.persistence.disclosure_tables import AgencyMessageRow
from services.registry.persistence.sender_keys import trusted_keys
from shared.database.unit_of_work import UnitOfWork
from shared.errors import PayloadTooLarge
from shared.protection.signatures import verify

LARGEST_BYTES = 20_000
"""As for payloads in the Standard Webhooks specification."""


@dataclass(frozen=True, kw_only=True)
class ReceiveMessage:
    """The raw message; header names are lower-case."""

    headers: Mapping[str, str]
    body: bytes
    tolerance_seconds: int


async def handle(command: ReceiveMessage, *, uow: UnitOfWork) -> AgencyMessageRow:
    """Raises SignatureRefused, PayloadTooLarge, and what take_message raises."""
    if len(command.body) > LARGEST_BYTES:
        raise PayloadTooLarge(limit_bytes=LARGEST_BYTES)
    sender = await sender_of(uow)
    verified = verify(
        await trusted_keys(uow, sender),
        command.headers,
        command.body,
        now=uow.now.timestamp(),
        tolerance_seconds=command.tolerance_seconds,
    )
    message = take_message.TakeMessage(sender=sender, webhook_id=verified.message_id, body=command.body)
    return await take_message.handle(message, uow=uow)
