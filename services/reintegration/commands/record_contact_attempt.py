"""Somebody tried to reach the family of a plan and did not; the partner and the office see what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.reintegration.domain.dates import day_of_fact
from services.reintegration.persistence.course_tables import ContactAttemptRow
from services.reintegration.persistence.plans import find_plan
from services.reintegration.persistence.policies import may_support
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused

Way = Literal["phone", "message", "visit", "emergency_contact", "community"]
"""How it was tried. An authority of the country of origin is not on this list."""


@dataclass(frozen=True, kw_only=True)
class RecordContactAttempt:
    """When and how it was tried in vain."""

    plan_id: UUID
    way: Way
    on: date | None = None


async def handle(command: RecordContactAttempt, *, uow: UnitOfWork) -> ContactAttemptRow:
    """Record it; raises NotFound, TransitionRefused once the family was met or before it arrived."""
    on = day_of_fact(command.on, uow.now)
    plan = await find_plan(uow, command.plan_id, may_support)
    if plan.contact_from is None:
        missing = [Missing("looked-for", "Nobody of this plan is looked for: they have not arrived, or were met.")]
        raise TransitionRefused(transition="contact-attempt", state=plan.state, missing=missing)
    row = ContactAttemptRow(
        plan_id=plan.id,
        way=command.way,
        tried_on=on,
        recorded_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("plan.contact-attempted", subject=plan.id, way=command.way)
    return row
