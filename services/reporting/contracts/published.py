"""The facts reporting publishes: about figures as a whole, never about a case or a person."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventContract


class ReleasePublishedV1(EventContract):
    """Figures of a period were published; a restated release names the one it takes the place of."""

    event_type: ClassVar[str] = "reporting.release.published.v1"
    key_field: ClassVar[str] = "release_id"
    example: ClassVar[dict[str, Any]] = {
        "release_id": "0199c0de-0000-7000-8000-000000000021",
        "period_from": "2025-01-01",
        "period_to": "2025-12-31",
        "rule_version": "disclosure-control-2026-1",
        "restates_id": None,
        "on": "2026-03-02",
    }

    release_id: UUID
    period_from: date = Field(description="The first day that is counted.")
    period_to: date = Field(description="The last day that is counted.")
    rule_version: str = Field(description="Under which version of the rules the figures were made safe to publish.")
    restates_id: UUID | None = Field(default=None, description="The release whose place this one takes.")
    on: date


PUBLISHED: tuple[type[EventContract], ...] = (ReleasePublishedV1,)
