"""What registry reads of the tasks and clocks of a reintegration partner: whom they concern and until when, no more."""

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
