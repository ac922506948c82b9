"""Publish a programme's own rules for the courses of its plans, with their source; earlier versions stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.persistence.course_tables import PlanRuleRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class PublishPlanRules:
    """What holds for people who arrive from a day on, and where that is written; periods in calendar days."""

    programme_id: UUID
    valid_from: date
    contact_after_days: list[int]
    support_window_days: int
    family_continues_after_death: bool
    source: str


async def handle(command: PublishPlanRules, *, uow: UnitOfWork) -> PlanRuleRow:
    """Publish a version; raises NotFound for a programme of somebody else."""
    if str(command.programme_id) not in uow.actor.programmes:
        raise NotFound
    row = PlanRuleRow(**command.__dict__, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("plan-rules.published", subject=command.programme_id)
    return row
