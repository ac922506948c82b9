"""Who left from detention, counted by programme and month, and what was told of it last."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select

from services.returns.domain.case_view import State, Travel
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import IN_DETENTION, latest
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow, ReturnsTable
from shared.database.unit_of_work import UnitOfWork

LEFT = (State.DEPARTED.value, State.ARRIVED.value, State.HANDED_OVER.value, State.CLOSED.value)
ON_BOARD = (Travel.BOARDED.value, Travel.ARRIVED.value)
Month = tuple[UUID, date]


class DetentionReturnsRow(ReturnsTable, table=True):
    """The count that was told last of one programme and one month."""

    __tablename__ = "detention_returns"

    programme_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    persons_count: int


async def counted_now(uow: UnitOfWork, *, before: date) -> Counter[Month]:
    """Persons on board of cases that left before this day, while the last word on detention was that it holds."""
    told = select(CaseFactRow).where(col(CaseFactRow.kind) == "detention", col(CaseFactRow.voided_on).is_(None))
    facts: dict[UUID, list[CaseFactRow]] = {}
    for fact in (await uow.session.execute(told)).scalars():
        facts.setdefault(fact.case_id, []).append(fact)
    case, person = ReturnCaseRow, CasePersonRow
    left = (
        select(col(case.id), col(case.programme_id), col(case.departed_on))
        .join(person, col(person.case_id) == col(case.id))
        .where(col(case.id).in_(facts), col(case.state).in_(LEFT), col(case.departed_on) < before)
        .where(col(person.travel_status).in_(ON_BOARD))
    )
    found: Counter[Month] = Counter()
    for case_id, programme_id, day in (await uow.session.execute(left)).all():
        last = latest((fact for fact in facts[case_id] if day and fact.on <= day), "detention")
        if day and last is not None and last.value in IN_DETENTION:
            found[programme_id, day.replace(day=1)] += 1
    return found


async def told_last(uow: UnitOfWork) -> Counter[Month]:
    """What was told."""
    rows = (await uow.session.execute(select(DetentionReturnsRow))).scalars()
    return Counter({(row.programme_id, row.month): row.persons_count for row in rows})


async def remember_told(uow: UnitOfWork, month: Month, persons: int) -> None:
    """This count is the one that is told now."""
    new = insert(DetentionReturnsRow).values(programme_id=month[0], month=month[1], persons_count=persons)
    key = ["programme_id", "month"]
    await uow.session.execute(new.on_conflict_do_update(index_elements=key, set_={"persons_count": persons}))
