"""Keep to which public keys a recipient wants its packages encrypted; whoever is no recipient here is passed over."""

from __future__ import annotations

from sqlmodel import col, update

from services.returns.contracts.consumed import RecipientKeysSeen
from services.returns.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: RecipientKeysSeen, *, uow: UnitOfWork) -> None:
    """In place of all earlier ones; none left is not the same as never had one."""
    kept = {"key_id", "public_key", "valid_until"}
    keys = [key.model_dump(mode="json", include=kept) for key in seen.encryption_keys]
    where = col(RecipientRow.recipient_id) == seen.recipient_id
    await uow.session.execute(update(RecipientRow).where(where).values(encryption_keys=keys))
