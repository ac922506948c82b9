"""Events about support that waits because its provider was suspended, and goes on again."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.reintegration.contracts import examples
from shared.events.contract import EventContract

MEASURE: dict[str, Any] = {
    "measure_id": examples.MEASURE,
    "plan_id": examples.PLAN,
    "case_id": examples.CASE,
    "category": "training",
    "level": "individual",
    "on": "2026-03-02",
}


class _Order(EventContract):
    measure_id: UUID
    plan_id: UUID
    case_id: UUID
    category: str
    level: str
    on: date


class MeasureHeld(_Order):
    """Nothing goes on with this provider; another one is to take over by a day."""

    event_type: ClassVar[str] = "reintegration.measure.held.v1"
    example: ClassVar[dict[str, Any]] = {**MEASURE, "person_ref": None, "replace_by": "2026-03-16"}
    person_ref: str | None = None
    replace_by: date = Field(description="Day by which another provider is to take over.")


class MeasureHoldLifted(_Order):
    """It goes on: with the same provider or another one; or there is nothing to wait for any more."""

    event_type: ClassVar[str] = "reintegration.measure.hold-lifted.v1"
    example: ClassVar[dict[str, Any]] = {**MEASURE, "outcome": "replaced"}
    outcome: Literal["reinstated", "replaced", "delivered", "cancelled", "ended"]


PUBLISHED: tuple[type[EventContract], ...] = (MeasureHeld, MeasureHoldLifted)
