"""Legal bases of a programme: all versions, or the one in force for each purpose on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.returns.persistence.fact_tables import ProcessingBasisRow
from shared.database.unit_of_work import UnitOfWork


async def bases_of(uow: UnitOfWork, programme_id: UUID) -> list[ProcessingBasisRow]:
    """Every version, newest first."""
    row = ProcessingBasisRow
    statement = select(row).where(col(row.programme_id) == programme_id).order_by(col(row.id).desc())
    return list((await uow.session.execute(statement)).scalars())


async def bases_on(uow: UnitOfWork, programme_id: UUID, on: date) -> list[ProcessingBasisRow]:
    """One for each purpose: the newest that is in force on the day."""
    found: dict[str, ProcessingBasisRow] = {}
    for row in await bases_of(uow, programme_id):
        if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on):
            found.setdefault(row.purpose, row)
    return [found[purpose] for purpose in sorted(found)]
