"""Files whose decisions look at each other are locked together: of two at the same moment the second sees the first."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from services.returns.domain.benefits import FAMILY_LINKS
from services.returns.persistence.duplicate_tables import DuplicateRow
from services.returns.persistence.duplicates import DIFFERENT
from services.returns.persistence.family_tables import CaseLinkRow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


async def lock_together(uow: UnitOfWork, case_id: UUID) -> None:
    """This file and every one that its decision depends on, always in the order of their ids, so that no two decisions
    wait for each other. What was linked or found meanwhile is locked too: all are let go and taken anew."""
    known = {case_id}
    while True:
        attempt = await uow.session.begin_nested()
        await _lock(uow, known)
        found = known | await _files_of_family(uow, case_id) | await _files_of_same_people(uow, case_id)
        if found == known:
            await attempt.commit()
            return
        await attempt.rollback()
        known = found


async def _lock(uow: UnitOfWork, case_ids: Collection[UUID]) -> None:
    row = ReturnCaseRow
    statement = select(col(row.id)).where(col(row.id).in_(case_ids)).order_by(col(row.id))
    await uow.session.execute(statement.with_for_update(key_share=True))


async def _files_of_family(uow: UnitOfWork, case_id: UUID) -> set[UUID]:
    link = CaseLinkRow
    statement = select(col(link.case_id), col(link.other_case_id)).where(
        or_(col(link.case_id) == case_id, col(link.other_case_id) == case_id),
        col(link.kind).in_(FAMILY_LINKS),
        col(link.ended_on).is_(None),
    )
    return {found for pair in (await uow.session.execute(statement)).all() for found in pair}


async def _files_of_same_people(uow: UnitOfWork, case_id: UUID) -> set[UUID]:
    """Files with somebody who is, or may be, one of the people of this one."""
    pair, here, there = DuplicateRow, aliased(CasePersonRow), aliased(CasePersonRow)
    found: set[UUID] = set()
    for ours, others in ((pair.person_id, pair.other_person_id), (pair.other_person_id, pair.person_id)):
        statement = (
            select(col(there.case_id))
            .select_from(pair)
            .join(here, col(here.id) == col(ours))
            .join(there, col(there.id) == col(others))
            .where(col(here.case_id) == case_id, col(pair.outcome).is_distinct_from(DIFFERENT))
        )
        found |= set((await uow.session.execute(statement)).scalars())
    return found
