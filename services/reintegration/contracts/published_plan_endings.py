"""Events about a plan that ends: whoever was told things for it learns from here that there is nothing more to do."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from services.reintegration.contracts import examples
from services.reintegration.contracts.published import ReasonGroup
from shared.events.contract import EventContract


class PlanCompleted(EventContract):
    """Everything planned was delivered."""

    event_type: ClassVar[str] = "reintegration.plan.completed.v1"
    example: ClassVar[dict[str, Any]] = {
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "on": "2026-03-02",
    }
    plan_id: UUID
    case_id: UUID
    on: date


class PlanDiscontinued(EventContract):
    """A plan ended early, by itself or with its case."""

    event_type: ClassVar[str] = "reintegration.plan.discontinued.v1"
    example: ClassVar[dict[str, Any]] = {
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "on": "2026-03-02",
        "reason_group": "circumstances",
    }
    plan_id: UUID
    case_id: UUID
    on: date
    reason_group: ReasonGroup | None


PUBLISHED: tuple[type[EventContract], ...] = (PlanCompleted, PlanDiscontinued)
