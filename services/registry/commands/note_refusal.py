"""Count a message that was refused, by sender, day and reason; nothing of what was sent is kept."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.registry.commands.sender_access import find_sender
from services.registry.persistence.sender_tables import NOBODY, RefusedMessageRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import WayhomeError


async def handle(refused: WayhomeError, *, uow: UnitOfWork) -> None:
    """In a unit of its own: the refused message's unit was rolled back."""
    sender = await find_sender(uow)
    key = {
        "sender_id": sender.id if sender else NOBODY,
        "on": uow.now.date(),
        "slug": refused.slug,
        "reason": getattr(refused, "reason", ""),
    }
    first = insert(RefusedMessageRow).values(**key, times=1, first_at=uow.now, last_at=uow.now)
    again = {"times": col(RefusedMessageRow.times) + 1, "last_at": uow.now}
    await uow.session.execute(first.on_conflict_do_update(index_elements=list(key), set_=again))
