"""The event that something was done to somebody: that it is so, and not what."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from services.returns.contracts.published import CASE
from shared.events.contract import EventContract


class IncidentRecordedV1(EventContract):
    """An incident was recorded; what happened, to whom and where stays with protection officers."""

    event_type: ClassVar[str] = "returns.incident.recorded.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "incident_id": "0199c0de-0000-7000-8000-000000000040",
        "on": "2026-03-12",
        "proposes_advisory": False,
    }

    case_id: UUID
    incident_id: UUID
    on: date
    proposes_advisory: bool = Field(description="Whether a safety advisory for the corridor is proposed.")


PUBLISHED: tuple[type[EventContract], ...] = (IncidentRecordedV1,)
