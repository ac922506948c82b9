"""Loads pairs of records with both files, seen from the side the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, or_, select

from services.returns.domain.access import Policy
from services.returns.persistence.duplicate_tables import DuplicateDecisionRow, DuplicateRow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass(frozen=True)
class Side:
    """One record of a pair and the file it is on."""

    person: CasePersonRow
    case: ReturnCaseRow


async def load_pair(
    uow: UnitOfWork, pair_id: UUID, policy: Policy, *, case_id: UUID | None = None
) -> tuple[DuplicateRow, Side, Side]:
    """The pair, locked, the reader's own side first. Raises NotFound when neither file is in the reader's scope."""
    statement = select(DuplicateRow).where(col(DuplicateRow.id) == pair_id).with_for_update(key_share=True)
    pair = await uow.session.scalar(statement)
    if pair is None:
        raise NotFound
    sides = await _sides(uow, [pair])
    both = [sides[pair.person_id], sides[pair.other_person_id]]
    for own, other in (both, both[::-1]):
        if policy(uow.actor, own.case) and case_id in (None, own.case.id):
            return pair, own, other
    raise NotFound


async def pairs_of(uow: UnitOfWork, person_ids: Sequence[UUID]) -> list[tuple[DuplicateRow, Side, Side]]:
    """All pairs of these persons, theirs first, the likeliest on top."""
    pair, ids = DuplicateRow, list(person_ids)
    ours = or_(col(pair.person_id).in_(ids), col(pair.other_person_id).in_(ids))
    rows = list((await uow.session.execute(select(pair).where(ours).order_by(col(pair.weight).desc()))).scalars())
    sides = await _sides(uow, rows)
    found = []
    for row in rows:
        one, other = sides[row.person_id], sides[row.other_person_id]
        found.append((row, one, other) if row.person_id in ids else (row, other, one))
    return found


async def decisions_of(uow: UnitOfWork, pair_ids: Sequence[UUID]) -> dict[UUID, list[DuplicateDecisionRow]]:
    """Every decision about these pairs, oldest first."""
    table = DuplicateDecisionRow
    statement = select(table).where(col(table.pair_id).in_(list(pair_ids))).order_by(col(table.id))
    found: dict[UUID, list[DuplicateDecisionRow]] = {pair_id: [] for pair_id in pair_ids}
    for row in (await uow.session.execute(statement)).scalars():
        found[row.pair_id].append(row)
    return found


async def _sides(uow: UnitOfWork, rows: Sequence[DuplicateRow]) -> dict[UUID, Side]:
    ids = {person_id for row in rows for person_id in (row.person_id, row.other_person_id)}
    statement = (
        select(CasePersonRow, ReturnCaseRow)
        .join(ReturnCaseRow, col(ReturnCaseRow.id) == col(CasePersonRow.case_id))
        .where(col(CasePersonRow.id).in_(ids))
    )
    return {person.id: Side(person, case) for person, case in (await uow.session.execute(statement)).all()}
