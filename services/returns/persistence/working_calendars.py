"""Working days of a country from the maintained `holidays` library; the one place that imports it."""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays

from services.returns.domain.working_days import WorkingCalendar
from services.returns.persistence.dated_reference import reference

OTHER_NAMES = {"XKX": "XK"}
"""Codes the library calls otherwise (Kosovo has no ISO code of its own)."""
SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Outside of these years a date is a slip of the pen: weekends count, holidays are not looked up."""


class WeekendsOnly:
    """A country the library does not know: Saturdays and Sundays are free, nothing else is."""

    def works_on(self, day: date) -> bool:
        """Monday to Friday."""
        return day.weekday() < SATURDAY


class CountryCalendar:
    """Public holidays and the country's own weekend; those of a region where a table names the authority's seat."""

    def __init__(self, country: str) -> None:
        self._days = holidays.country_holidays(OTHER_NAMES.get(country, country), subdiv=regions().get(country))

    def works_on(self, day: date) -> bool:
        """Whether offices of the country are open."""
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return day.weekday() not in self._days.weekend
        return self._days.is_working_day(day)


@cache
def regions() -> dict[str, str]:
    """The region whose holidays count for a country, from the dated table."""
    found: dict[str, str] = reference("working-calendars-v1")["regions"]
    return found


@cache
def calendar_of(country: str) -> WorkingCalendar:
    """The calendar of a country (ISO 3166-1 alpha-3)."""
    try:
        return CountryCalendar(country)
    except NotImplementedError:
        return WeekendsOnly()
