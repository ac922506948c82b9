"""A day of which sometimes only the year, or the year and month, are known; what is not known is never invented."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

PATTERN = r"^\d{4}(-\d{2}(-\d{2})?)?$"
"""How one is written: 1990, 1990-05 or 1990-05-01 (ISO 8601, as far as known)."""


@dataclass(frozen=True)
class PartialDate:
    """A year, perhaps a month, perhaps a day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, written: str) -> PartialDate:
        """From its ISO form; raises ValueError for a day that no calendar has."""
        parts = [int(part) for part in written.split("-")]
        found = cls(*parts)
        found.first()  # refuses a month or day that does not exist
        return found

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """A day that is known in full."""
        return cls(day.year, day.month, day.day)

    def first(self) -> date:
        """The earliest day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    def last(self) -> date:
        """The latest day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def exact(self) -> date | None:
        """The day, when it is known in full."""
        return self.first() if self.day is not None else None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)
