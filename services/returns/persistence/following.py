"""Whatever is kept of a person inside a case goes with the person when they go on in another one."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, update

from services.returns.persistence import personal_papers
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.tables import ConsentRow, DeclarationRow
from shared.database.unit_of_work import UnitOfWork

FOLLOWING = (ConsentRow, DeclarationRow, CaseFactRow, *personal_papers.FOLLOWING)
"""Every table with both a case and a person; tests/returns/test_families.py notices one that is missing here."""


async def follow(uow: UnitOfWork, person_ids: Collection[UUID], to_case: UUID) -> None:
    """Consents, declarations and facts of these persons belong to this case now."""
    await uow.session.flush()
    for table in FOLLOWING:
        where = col(table.person_id).in_(person_ids)
        statement = update(table).where(where).values(case_id=to_case)
        await uow.session.execute(statement.execution_options(synchronize_session="fetch"))
