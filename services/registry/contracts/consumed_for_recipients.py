"""What registry reads only to pass it on: tasks and clocks of a reintegration partner, and releases of figures."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.events.contract import EventSeen


class _ForPartner(EventSeen):
    case_id: UUID
    partner_id: UUID
    person_refs: list[str]


class MeasureOrderedSeen(_ForPartner):
    """The partner of a plan is to see to something; of which kind it is, is not read."""

    measure_id: UUID
    on: date


class PlanDeadlineNearSeen(_ForPartner):
    """A day by which the partner of a plan is to have done something comes near."""

    plan_id: UUID
    deadline: str
    due_on: date


class ReleasePublishedSeen(EventSeen):
    """Figures of a period were published."""

    release_id: UUID
    period_from: date
    period_to: date
    rule_version: str
    restates_id: UUID | None = None
    on: date
