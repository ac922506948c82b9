"""Set up a programme, and let it take no new cases any more."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.contracts.published import ProgrammeClosedV1
from services.registry.persistence.programmes import programme_to_change
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ComponentRow, PartnershipRow, ProgrammeRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def create(values: dict[str, Any], *, uow: UnitOfWork) -> ProgrammeRow:
    """A programme without rules takes no cases yet. Raises NotFound."""
    if values.get("partnership_id") is not None:
        await get_row(uow, PartnershipRow, values["partnership_id"])
    if values.get("component_id") is not None:
        await get_row(uow, ComponentRow, values["component_id"])
    row = ProgrammeRow(**values, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("programme.created", subject=row.id)
    return row


async def close(programme_id: UUID, on: date, *, uow: UnitOfWork) -> ProgrammeRow:
    """No new cases; existing ones go on. Raises NotFound."""
    row = await programme_to_change(uow, programme_id, lock=True)
    uow.match(row.version)
    row.closed_on = on
    touch(row, now=uow.now)
    uow.publish(ProgrammeClosedV1(programme_id=row.id, on=on))
    uow.record("programme.closed", subject=row.id)
    return row
