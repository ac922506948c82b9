"""Events about what the partner of a plan is to do, and by when; registry passes them on with consent and basis."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from services.reintegration.contracts import examples
from shared.events.contract import EventContract


class _ForPartner(EventContract):
    plan_id: UUID
    case_id: UUID
    partner_id: UUID = Field(description="Whose task it is: the partner that the plan is with.")
    person_refs: list[str] = Field(description="Whom of the plan it is about; nobody who died or went away.")


class MeasureOrdered(_ForPartner):
    """The partner of a plan is to see to a measure: the plan was approved, or it is help of the first days."""

    event_type: ClassVar[str] = "reintegration.measure.ordered.v1"
    example: ClassVar[dict[str, Any]] = {
        "measure_id": examples.MEASURE,
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "partner_id": examples.PARTNER,
        "person_refs": ["pr_0a1b2c"],
        "category": "business_start_up",
        "level": "individual",
        "on": "2026-03-02",
    }
    measure_id: UUID
    category: str
    level: str
    on: date


class PlanDeadlineNear(_ForPartner):
    """A day by which the partner is to have done something comes near; said once for each day and partner."""

    event_type: ClassVar[str] = "reintegration.plan.deadline-near.v1"
    example: ClassVar[dict[str, Any]] = {
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "partner_id": examples.PARTNER,
        "person_refs": ["pr_0a1b2c"],
        "deadline": "first_contact",
        "due_on": "2026-04-01",
        "rule_version": "plan-deadlines-v1",
    }
    deadline: str = Field(description="first_contact, plan_active or revival.")
    due_on: date
    rule_version: str = Field(description="Which version of the periods says that this is near.")


PUBLISHED: tuple[type[EventContract], ...] = (MeasureOrdered, PlanDeadlineNear)
