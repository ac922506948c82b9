"""Enter an organisation that has a part in partnerships."""

from __future__ import annotations

from typing import Any

from services.registry.persistence.recipient_tables import ActorRow
from shared.database.unit_of_work import UnitOfWork


async def keep_actor(values: dict[str, Any], *, uow: UnitOfWork) -> ActorRow:
    """A code is used once; a second one is refused by the database."""
    row = ActorRow(**values, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("actor.entered", subject=row.id)
    return row
