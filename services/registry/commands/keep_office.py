"""Enter an office of the host."""

from __future__ import annotations

from typing import Any

from services.registry.persistence.tables import OfficeRow
from shared.database.unit_of_work import UnitOfWork


async def keep_office(values: dict[str, Any], *, uow: UnitOfWork) -> OfficeRow:
    """A code is used once; a second one is refused by the database."""
    row = OfficeRow(**values, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("office.entered", subject=row.id)
    return row
