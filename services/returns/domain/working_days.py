"""Counts days: calendar days as they come, working days by the calendars of the places that must act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, Protocol

Unit = Literal["calendar_days", "working_days"]


class WorkingCalendar(Protocol):
    """Tells on which days a place works."""

    def works_on(self, day: date) -> bool:
        """Whether offices are open on this day."""
        ...


Calendars = Sequence[WorkingCalendar]
"""A working day is one on which every one of these works; none: every day."""


def shifted(day: date, days: int) -> date:
    """So many calendar days later (or earlier); stops at the end of the calendar, where a date out of range is kept."""
    number = day.toordinal() + days
    return date.fromordinal(max(date.min.toordinal(), min(number, date.max.toordinal())))


def is_working_day(day: date, calendars: Calendars) -> bool:
    """Whether every place concerned works on this day."""
    return all(calendar.works_on(day) for calendar in calendars)


def add_days(start: date, days: int, unit: Unit, calendars: Calendars) -> date:
    """The last day of a period; the day it starts on does not count. Source: Regulation 1182/71 Art. 3(1).

    A negative number counts back from `start`.
    """
    if unit == "calendar_days":
        return shifted(start, days)
    step, day, left = (1 if days >= 0 else -1), start, abs(days)
    while left and date.min < day < date.max:
        day += timedelta(days=step)
        left -= is_working_day(day, calendars)
    return day


def days_between(start: date, end: date, unit: Unit, calendars: Calendars) -> int:
    """How many days of this unit lie after `start`, up to and with `end`; never negative."""
    if unit == "calendar_days":
        return max(0, (end - start).days)
    days = (shifted(start, number) for number in range(1, max(0, (end - start).days) + 1))
    return sum(is_working_day(day, calendars) for day in days)


def working_day_from(day: date, calendars: Calendars) -> date:
    """This day, or the next on which offices are open. Source: Regulation 1182/71 Art. 3(4)."""
    while not is_working_day(day, calendars) and day < date.max:
        day += timedelta(days=1)
    return day


def working_day_until(day: date, calendars: Calendars) -> date:
    """This day, or the last before it on which offices are open."""
    while not is_working_day(day, calendars) and day > date.min:
        day -= timedelta(days=1)
    return day
