"""What the partner of a plan was told already, and what there is to tell it.

Rows are only added, and measures and plans are not locked for it: who adds the row tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, delete, select

from services.reintegration.domain.measure import UNDELIVERED
from services.reintegration.domain.plan_deadline import RUNS_IN, Deadline, DeadlineRules
from services.reintegration.domain.successor_payee import gone
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.outward_tables import DeadlineNoticeRow, MeasureOrderRow
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from services.reintegration.persistence.tables import LineRow
from shared.database.unit_of_work import UnitOfWork

DUE: Mapping[Deadline, Any] = {
    Deadline.FIRST_CONTACT: col(PlanRow.contact_due_on),
    Deadline.PLAN_ACTIVE: col(PlanRow.due_on),
    Deadline.REVIVAL: col(PlanRow.revivable_until),
}
AT_ONCE = 500


async def to_order(uow: UnitOfWork, plan: PlanRow) -> list[tuple[MeasureRow, str | None]]:
    """What is still to be done under a plan and not ordered with its partner, with the phase of what pays for it."""
    ordered = exists().where(
        col(MeasureOrderRow.measure_id) == col(MeasureRow.id), col(MeasureOrderRow.partner_id) == plan.partner_id
    )
    measures = select(MeasureRow).where(col(MeasureRow.plan_id) == plan.id, col(MeasureRow.state).in_(UNDELIVERED))
    found = await fresh.every(uow, measures.where(~ordered).order_by(col(MeasureRow.id)))
    lines = select(LineRow).where(col(LineRow.id).in_([measure.line_id for measure in found if measure.line_id]))
    phases = {line.id: line.phase for line in await fresh.every(uow, lines)} if found else {}
    return [(measure, phases.get(measure.line_id) if measure.line_id else None) for measure in found]


async def note_order(uow: UnitOfWork, measure: MeasureRow, partner_id: UUID) -> bool:
    """Whether it is the first time."""
    return await _note(uow, MeasureOrderRow, measure_id=measure.id, partner_id=partner_id, ordered_on=uow.now.date())


async def forget_orders(uow: UnitOfWork, plan_id: UUID) -> None:
    """A plan is drawn up anew: what goes on in it is ordered anew."""
    of_plan = select(col(MeasureRow.id)).where(col(MeasureRow.plan_id) == plan_id)
    await uow.session.execute(delete(MeasureOrderRow).where(col(MeasureOrderRow.measure_id).in_(of_plan)))


async def note_deadline(uow: UnitOfWork, plan: PlanRow, partner_id: UUID, deadline: Deadline, due_on: date) -> bool:
    """Whether it is the first time for this day."""
    day = {"deadline": deadline.value, "due_on": due_on, "told_on": uow.now.date()}
    return await _note(uow, DeadlineNoticeRow, plan_id=plan.id, partner_id=partner_id, **day)


async def with_near_deadlines(uow: UnitOfWork, rules: DeadlineRules) -> list[UUID]:
    """Plans with a partner that may have something to tell it today; some of them turn out to have nothing."""
    today = uow.now.date()
    near = [_untold(name, today, today + timedelta(days=days)) for name, days in rules.lead_days.items()]
    statement = select(col(PlanRow.id)).where(col(PlanRow.partner_id).is_not(None), or_(*near))
    return list(await fresh.every(uow, statement.order_by(col(PlanRow.id)).limit(AT_ONCE)))


async def there(uow: UnitOfWork, case_id: UUID) -> list[str]:
    """Whom of a family help after the arrival is for: nobody who died, went away or did not travel."""
    persons = await persons_of(uow, case_id)
    return [person.person_ref for person in persons if not gone(person) and person.travelled is not False]


def _untold(deadline: Deadline, today: date, until: date) -> ColumnElement[bool]:
    told = exists().where(
        col(DeadlineNoticeRow.plan_id) == col(PlanRow.id),
        col(DeadlineNoticeRow.partner_id) == col(PlanRow.partner_id),
        col(DeadlineNoticeRow.deadline) == deadline.value,
        col(DeadlineNoticeRow.due_on) == DUE[deadline],
    )
    return and_(DUE[deadline].between(today, until), col(PlanRow.state).in_(RUNS_IN[deadline]), ~told)


async def _note(uow: UnitOfWork, table: type[SQLModel], **values: Any) -> bool:
    await uow.session.flush()
    added = await uow.session.execute(insert(table).values(**values).on_conflict_do_nothing())
    return bool(getattr(added, "rowcount", 0))
