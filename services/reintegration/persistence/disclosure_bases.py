"""The narrow copy of legal bases, and whether one holds for an organisation and a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.reintegration.domain.consent import PURPOSE
from services.reintegration.domain.disclosure_basis import holds
from services.reintegration.persistence import fresh
from services.reintegration.persistence.course_tables import KnownBasisRow
from shared.database.unit_of_work import UnitOfWork


async def keep(uow: UnitOfWork, basis_id: UUID, **values: Any) -> None:
    """What is known of a basis; its end stays, whatever arrives afterwards."""
    statement = insert(KnownBasisRow).values(basis_id=basis_id, **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["basis_id"], set_=values))


async def basis_holds(uow: UnitOfWork, programme_id: UUID | None, case_id: UUID, recipient_id: UUID) -> bool:
    """Whether the organisation may be shown people of the case, where they consent too."""
    where = (
        col(KnownBasisRow.recipient_id) == recipient_id,
        col(KnownBasisRow.programme_id) == programme_id,
        col(KnownBasisRow.purpose) == PURPOSE,
    )
    found = await fresh.every(uow, select(KnownBasisRow).where(*where))
    return holds(found, case_id=case_id, today=uow.now.date())
