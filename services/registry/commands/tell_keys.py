"""Tell to which public keys an organisation wants its packages encrypted: whenever that changes, and once for those
that were entered before anybody asked for it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.registry.contracts.recipient_events import EncryptionKey, RecipientKeysChangedV1
from services.registry.persistence.sender_keys import is_live, keys_of
from services.registry.persistence.sender_tables import RecipientKeyRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Job, Runtime

ENCRYPTION = "encryption"
JOB = "tell-encryption-keys"


async def tell_keys(recipient_id: UUID, *, uow: UnitOfWork) -> None:
    """All that are live, newest first; they take the place of everything told before."""
    await uow.session.flush()
    rows = await keys_of(uow, recipient_id, use=ENCRYPTION)
    live = [row for row in reversed(rows) if is_live(row, uow.now) and row.public_key is not None]
    keys = [EncryptionKey(key_id=row.id, public_key=row.public_key or "", valid_until=row.valid_until) for row in live]
    uow.publish(RecipientKeysChangedV1(recipient_id=recipient_id, encryption_keys=keys))
    for row in rows:
        row.told_at = uow.now


async def tell_untold(runtime: Runtime) -> None:
    """The timer: one organisation at a time."""
    system = Principal.system(JOB)
    untold = select(RecipientKeyRow.recipient_id).where(
        col(RecipientKeyRow.use) == ENCRYPTION, col(RecipientKeyRow.told_at).is_(None)
    )
    async with runtime.units.read(actor=system) as uow:
        found = sorted(set((await uow.session.execute(untold)).scalars()))
    for recipient_id in found:
        async with runtime.units.begin(actor=system) as uow:
            await tell_keys(recipient_id, uow=uow)


TELL_UNTOLD = Job(JOB, 3_600, tell_untold)
