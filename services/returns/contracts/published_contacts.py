"""Events that name no case: complaints and counselling contacts, that something was heard, when, and how it ended; and
counts of a past month, where a fact about one case must not be told."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventContract

COMPLAINT = "0199c0de-0000-7000-8000-000000000061"


class ComplaintReceivedV1(EventContract):
    """A complaint was received; who, about what and about which case is not told."""

    event_type: ClassVar[str] = "returns.complaint.received.v1"
    key_field: ClassVar[str] = "complaint_id"
    example: ClassVar[dict[str, Any]] = {"complaint_id": COMPLAINT, "on": "2026-03-02", "answer_by": "2026-04-01"}

    complaint_id: UUID
    on: date
    answer_by: date


class ComplaintResolvedV1(EventContract):
    """A complaint was answered, one way or the other."""

    event_type: ClassVar[str] = "returns.complaint.resolved.v1"
    key_field: ClassVar[str] = "complaint_id"
    example: ClassVar[dict[str, Any]] = {
        "complaint_id": COMPLAINT,
        "on": "2026-03-20",
        "outcome": "resolved",
        "days_open": 18,
    }

    complaint_id: UUID
    on: date
    outcome: Literal["resolved", "rejected"]
    days_open: int


class CounsellingContactHeldV1(EventContract):
    """A talk took place before any case; of whom, where about and how they decided is not told."""

    event_type: ClassVar[str] = "returns.counselling.contact-held.v1"
    key_field: ClassVar[str] = "contact_id"
    example: ClassVar[dict[str, Any]] = {
        "contact_id": "0199c0de-0000-7000-8000-000000000062",
        "on": "2026-03-02",
        "channel": "office",
        "language": "fa",
        "informed_decision": True,
    }

    contact_id: UUID
    on: date
    channel: str
    language: str
    informed_decision: bool


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


PUBLISHED: tuple[type[EventContract], ...] = (
    ComplaintReceivedV1,
    ComplaintResolvedV1,
    CounsellingContactHeldV1,
    DetentionReturnsCountedV1,
)
"""All of them."""
