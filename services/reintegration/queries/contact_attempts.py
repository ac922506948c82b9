"""What was tried to reach the family of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.reintegration.persistence import fresh
from services.reintegration.persistence.course_tables import ContactAttemptRow
from services.reintegration.persistence.plans import find_plan
from services.reintegration.persistence.policies import may_oversee
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def attempts_of(uow: UnitOfWork, plan_id: UUID) -> list[ContactAttemptRow]:
    """The attempts of a plan in the actor's scope, the oldest first; raises NotFound."""
    await find_plan(uow, plan_id, may_oversee)
    statement = select(ContactAttemptRow).where(col(ContactAttemptRow.plan_id) == plan_id)
    return list(await fresh.every(uow, statement.order_by(col(ContactAttemptRow.id))))


async def attempt(uow: UnitOfWork, plan_id: UUID, attempt_id: UUID) -> ContactAttemptRow:
    """One of them; raises NotFound."""
    found = [row for row in await attempts_of(uow, plan_id) if row.id == attempt_id]
    if not found:
        raise NotFound
    return found[0]


async def attempts_counted(uow: UnitOfWork, plan_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """How many attempts each of these plans has; none is left out."""
    of_plan = col(ContactAttemptRow.plan_id)
    statement = select(of_plan, func.count()).where(of_plan.in_(list(plan_ids))).group_by(of_plan)
    return {plan_id: count for plan_id, count in (await uow.session.execute(statement)).all()}
