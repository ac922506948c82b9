"""How long beyond the arrival a travel document must be valid: rules by destination, airline and kind of paper."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Margin:
    """One rule; an empty list means all. Months and days are added to the day of arrival."""

    code: str
    valid_from: date
    valid_to: date | None
    destinations: tuple[str, ...]
    destination_bases: tuple[str, ...]
    carriers: tuple[str, ...]
    kinds: tuple[str, ...]
    months: int
    days: int
    source: str

    def asks(self, *, destination: str, basis: str, carriers: Iterable[str], kind: str, on: date) -> bool:
        """Whether it concerns such a paper on such a journey, arriving on a day."""
        holds = self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)
        of_place = destination in (self.destinations or (destination,)) and basis in (
            self.destination_bases or (basis,)
        )
        flown = not self.carriers or bool(set(self.carriers) & set(carriers))
        return holds and of_place and flown and kind in (self.kinds or (kind,))

    def last_arrival(self, valid_until: date) -> date:
        """The last day of arrival for which a paper is valid long enough."""
        return months_before(valid_until, self.months) - timedelta(days=self.days)

    @property
    def told(self) -> str:
        """The rule as words."""
        parts = [f"{self.months} months" if self.months else "", f"{self.days} days" if self.days else ""]
        return f"{' and '.join(part for part in parts if part) or '0 days'} beyond the arrival ({self.source})"


def months_before(day: date, months: int) -> date:
    """So many months earlier; the last day of a shorter month, so that a rule is never met too easily."""
    year, month = divmod(day.year * MONTHS + day.month - 1 - months, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def strictest(margins: Iterable[Margin], valid_until: date) -> Margin | None:
    """The rule that leaves the earliest last day of arrival; None when none asks for anything."""
    return min(margins, key=lambda margin: margin.last_arrival(valid_until), default=None)
