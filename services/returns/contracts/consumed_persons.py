"""What returns reads in reintegration's events about single persons."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.events.contract import EventSeen


class PersonDeceasedSeen(EventSeen):
    """Somebody died after the arrival."""

    case_id: UUID
    person_ref: str
    on: date


class PersonDeathCorrectedSeen(PersonDeceasedSeen):
    """That was a mistake."""
