"""How far the check for duplicates of a file has come: searched, decided, nobody on two open files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import and_, col, func, or_, select

from services.returns.domain.case_view import State
from services.returns.domain.transition import OPEN
from services.returns.persistence.duplicate_tables import DuplicateRow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
ASKED_IN = (State.SUBMITTED.value, State.SCREENING.value, State.ELIGIBLE.value)
LIVE = (*(state.value for state in OPEN), State.SUSPENDED.value, State.DEPARTED.value)


@dataclass(frozen=True)
class Undecided:
    """Pairs without a decision that counts, and persons who are on another open file too."""

    pairs: int = 0
    elsewhere: int = 0


async def undecided(uow: UnitOfWork, case: ReturnCaseRow, person_ids: Sequence[UUID]) -> Undecided:
    """Looked up only while the application or its decision waits for it; a doubt counts as decided once a case officer
    shares it."""
    if case.state not in ASKED_IN or not person_ids:
        return Undecided()
    pair, ids = DuplicateRow, list(person_ids)
    ours = or_(col(pair.person_id).in_(ids), col(pair.other_person_id).in_(ids))
    doubt = and_(col(pair.outcome) == UNSURE, col(pair.decided_role) != "case_officer")
    waiting = select(func.count()).select_from(pair).where(ours, or_(col(pair.outcome).is_(None), doubt))
    other = or_(
        and_(col(pair.person_id).in_(ids), col(pair.other_person_id) == col(CasePersonRow.id)),
        and_(col(pair.other_person_id).in_(ids), col(pair.person_id) == col(CasePersonRow.id)),
    )
    elsewhere = (
        select(func.count())
        .select_from(pair)
        .join(CasePersonRow, other)
        .join(ReturnCaseRow, col(ReturnCaseRow.id) == col(CasePersonRow.case_id))
        .where(
            col(pair.outcome) == SAME,
            col(CasePersonRow.case_id) != case.id,
            col(CasePersonRow.travel_status) != "NOT_TRAVELLING",
            col(ReturnCaseRow.state).in_(LIVE),
        )
    )
    return Undecided(await uow.session.scalar(waiting) or 0, await uow.session.scalar(elsewhere) or 0)
