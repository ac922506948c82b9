"""The keys that receipts are signed with, sealed under a key derived from the service's own master key."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from services.reintegration.persistence import fresh
from services.reintegration.persistence.referral_tables import ReceiptKeyRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.protection.statements import new_secret, public_half

RECEIPT_KEY = "receipt-signing-key"
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('receipt-signing-key', 0))")


async def current_key(uow: UnitOfWork) -> tuple[ReceiptKeyRow, bytes]:
    """The key of today and its secret half, made with the first receipt; raises SealBroken."""
    row = await _current(uow)
    if row is None:
        await uow.session.execute(LOCK)
        row = await _current(uow) or await _made(uow)
    return row, uow.vault.open_service(RECEIPT_KEY, bytes(row.sealed_key))


async def replace_key(uow: UnitOfWork) -> ReceiptKeyRow:
    """A new key; the one before signs nothing more and stays known."""
    await uow.session.execute(LOCK)
    before = await _current(uow)
    if before is not None:
        before.retired_at = uow.now
        touch(before, now=uow.now)
    return await _made(uow)


async def every_key(uow: UnitOfWork) -> list[ReceiptKeyRow]:
    """All that ever signed, the newest first."""
    return list(await fresh.every(uow, select(ReceiptKeyRow).order_by(col(ReceiptKeyRow.id).desc())))


async def find_key(uow: UnitOfWork, key_id: UUID) -> ReceiptKeyRow:
    """One of them; raises NotFound."""
    row = await fresh.one(uow, select(ReceiptKeyRow).where(col(ReceiptKeyRow.id) == key_id))
    if row is None:
        raise NotFound
    return row


async def _current(uow: UnitOfWork) -> ReceiptKeyRow | None:
    return await fresh.one(uow, select(ReceiptKeyRow).where(col(ReceiptKeyRow.retired_at).is_(None)))


async def _made(uow: UnitOfWork) -> ReceiptKeyRow:
    secret = new_secret()
    row = ReceiptKeyRow(
        sealed_key=uow.vault.seal_service(RECEIPT_KEY, secret),
        public_key=public_half(secret),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row
