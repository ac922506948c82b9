"""What an age decides: who is an adult, and which child is heard in a talk of its own; a date may be known in part."""

from __future__ import annotations

from datetime import date

from services.returns.domain.partial_date import PartialDate
from shared.events.persons import completed_years

ADULT_AGE_YEARS = 18
"""Convention on the Rights of the Child Art. 1."""


def is_adult(born: PartialDate | None, said: bool | None, on: date) -> bool:
    """By birth date; where it leaves that open, what the counsellor says, and minor if nobody knows."""
    if born is not None:
        surely, perhaps = (completed_years(day, on) >= ADULT_AGE_YEARS for day in (born.last(), born.first()))
        if surely == perhaps:
            return surely
    return bool(said)


def own_talk_due(born: PartialDate | None, from_years: int, on: date) -> bool:
    """Whether a child may be old enough on a day; who knows no date takes it as old enough."""
    return born is None or completed_years(born.first(), on) >= from_years
