"""registry.recipient.keys-changed: packages are encrypted to these keys from now on."""

from __future__ import annotations

from services.returns.commands import learn_keys
from services.returns.contracts.consumed import RecipientKeysSeen
from shared.database.unit_of_work import UnitOfWork


async def on_recipient_keys_changed(seen: RecipientKeysSeen, *, uow: UnitOfWork) -> None:
    """registry.recipient.keys-changed: packages are encrypted to these keys from now on."""
    await learn_keys.handle(seen, uow=uow)
