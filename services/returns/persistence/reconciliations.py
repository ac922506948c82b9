"""Finds reconciliations: of a pair, or all that concern an authority, whichever file of the two is its own."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, or_, select

from services.returns.persistence.duplicate_tables import DuplicateRow
from services.returns.persistence.reconciliation_tables import ReconciliationRow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset


async def reconciliation_of_pair(uow: UnitOfWork, pair_id: UUID) -> ReconciliationRow | None:
    """The one of this pair, if both files were granted help."""
    found: ReconciliationRow | None = await uow.session.scalar(
        select(ReconciliationRow).where(col(ReconciliationRow.pair_id) == pair_id)
    )
    return found


async def get_reconciliation(uow: UnitOfWork, reconciliation_id: UUID) -> ReconciliationRow:
    """Locked. Raises NotFound; whether the reader may see it, its pair decides."""
    statement = select(ReconciliationRow).where(col(ReconciliationRow.id) == reconciliation_id)
    found = await uow.session.scalar(statement.with_for_update(key_share=True))
    if found is None:
        raise NotFound
    return found


async def reconciliations_for(
    uow: UnitOfWork, authority_id: str, page: PageRequest, *, settled: bool
) -> tuple[list[ReconciliationRow], str | None]:
    """One page, the oldest first, of files of this authority, open or settled; and the next cursor."""
    row, pair = ReconciliationRow, DuplicateRow
    cases = select(ReturnCaseRow.id).where(col(ReturnCaseRow.authority_id) == authority_id)
    people = select(CasePersonRow.id).where(col(CasePersonRow.case_id).in_(cases))
    statement = (
        select(row)
        .join(pair, col(pair.id) == col(row.pair_id))
        .where(or_(col(pair.person_id).in_(people), col(pair.other_person_id).in_(people)))
        .where(col(row.settled_on).is_not(None) if settled else col(row.settled_on).is_(None))
    )
    return await keyset(uow.session, statement, page, col(row.id))
