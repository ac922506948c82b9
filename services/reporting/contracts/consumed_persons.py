"""What reporting reads of single persons in other services' events: who is off a case, has died, is whom;
and of many persons without a case."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from shared.events.contract import EventSeen


class PersonRemovedSeen(EventSeen):
    """A person left a case that nobody had travelled in yet."""

    case_id: UUID
    person_ref: str


class PersonDeceasedSeen(EventSeen):
    """Somebody died before the departure."""

    case_id: UUID
    person_ref: str
    on: date


class PersonLinkedSeen(EventSeen):
    """Two references are one human being, or are found not to be; told under the case of either."""

    person_ref: str
    other_person_ref: str
    same: bool = True
    occurred_at: datetime


class DetentionReturnsCountedSeen(EventSeen):
    """How many left from detention in a month that is over; the last count holds."""

    programme_id: UUID
    month: date
    persons_count: int
