"""What was tried to reach the family of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.reintegration.persistence.course_tables import ContactAttemptRow
from shared.database.unit_of_work import UnitOfWork


async def attempts_counted(uow: UnitOfWork, plan_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """How many attempts each of these plans has; none is left out."""
    of_plan = col(ContactAttemptRow.plan_id)
    statement = select(of_plan, func.count()).where(of_plan.in_(list(plan_ids))).group_by(of_plan)
    return {plan_id: count for plan_id, count in (await uow.session.execute(statement)).all()}
