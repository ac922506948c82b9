"""Counts that returns publishes where a fact about one case must not be told: no case, no person, one past month."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventContract


class DetentionReturnsCountedV1(EventContract):
    """How many persons of a programme left from detention or with a removal date in a month that is over; a later count
    replaces an earlier one."""

    event_type: ClassVar[str] = "returns.detention-returns.counted.v1"
    key_field: ClassVar[str] = "programme_id"
    example: ClassVar[dict[str, Any]] = {
        "programme_id": "0199c0de-0000-7000-8000-000000000002",
        "month": "2026-02-01",
        "persons_count": 3,
    }

    programme_id: UUID
    month: date = Field(description="First day of the month that is counted.")
    persons_count: int


PUBLISHED: tuple[type[EventContract], ...] = (DetentionReturnsCountedV1,)
