"""Working days by the calendars of real countries, as tables; and the laws of counting."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.working_days import (
    Unit,
    add_days,
    days_between,
    is_working_day,
    shifted,
    working_day_from,
    working_day_until,
)
from services.returns.persistence.working_calendars import calendar_of

FREE = [
    ("CHE", "2026-05-14", "Ascension"),
    ("CHE", "2026-04-03", "Good Friday at the seat of the authority; a matter of the cantons"),
    ("DEU", "2026-06-04", "Corpus Christi at the seat of the authority; a matter of the states"),
    ("CHE", "2026-08-01", "national day, a Saturday"),
    ("DEU", "2026-10-03", "day of unity, a Saturday"),
    ("DEU", "2026-04-03", "Good Friday"),
    ("AUT", "2026-10-26", "national day"),
    ("GEO", "2026-05-26", "independence day"),
    ("LKA", "2026-02-04", "independence day"),
    ("AFG", "2026-03-06", "a Friday"),
    ("XKX", "2026-02-17", "independence day of Kosovo"),
]


@pytest.mark.parametrize(("country", "day", "why"), FREE)
def test_offices_are_closed(country: str, day: str, why: str) -> None:
    assert not calendar_of(country).works_on(date.fromisoformat(day)), why


@pytest.mark.parametrize(("country", "day"), [("CHE", "2026-03-06"), ("AFG", "2026-03-15"), ("GEO", "2026-05-25")])
def test_offices_are_open(country: str, day: str) -> None:
    assert calendar_of(country).works_on(date.fromisoformat(day))


def test_a_country_nobody_knows_has_weekends_only() -> None:
    assert calendar_of("ZZZ").works_on(date(2026, 12, 25))
    assert not calendar_of("ZZZ").works_on(date(2026, 12, 26))


@pytest.mark.parametrize(
    ("start", "days", "places", "last"),
    [
        ("2026-03-02", 5, ["CHE"], "2026-03-09"),  # a Monday; the day itself does not count
        ("2026-03-06", 1, ["CHE"], "2026-03-09"),  # a Friday
        ("2026-05-12", 2, ["CHE"], "2026-05-15"),  # over Ascension
        ("2026-04-02", 3, ["CHE", "GEO"], "2026-04-14"),  # Easter of both churches
        ("2026-04-02", 4, ["CHE", "GEO"], "2026-04-15"),
        ("2026-03-09", -5, ["CHE"], "2026-03-02"),  # back
        ("2026-03-02", 0, ["CHE"], "2026-03-02"),
    ],
)
def test_periods_in_working_days(start: str, days: int, places: list[str], last: str) -> None:
    calendars = [calendar_of(place) for place in places]
    assert add_days(date.fromisoformat(start), days, "working_days", calendars) == date.fromisoformat(last)


def test_a_last_day_on_a_holiday_moves_to_the_next_working_day() -> None:
    swiss = [calendar_of("CHE")]
    assert working_day_from(date(2026, 5, 14), swiss) == date(2026, 5, 15)
    assert working_day_until(date(2026, 5, 14), swiss) == date(2026, 5, 13)


def test_dates_at_the_end_of_the_calendar_are_kept_and_not_counted_beyond() -> None:
    assert shifted(date.max, 1) == date.max
    assert shifted(date.min, -1) == date.min
    assert add_days(date.max, 10, "working_days", [calendar_of("CHE")]) == date.max


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PLACES = st.lists(st.sampled_from(["CHE", "GEO", "AFG", "DEU"]), max_size=2)
UNITS: st.SearchStrategy[Unit] = st.sampled_from(["calendar_days", "working_days"])


@given(DAYS, st.integers(0, 60), UNITS, PLACES)
def test_counting_there_and_back_gives_the_same_number(day: date, days: int, unit: Unit, places: list[str]) -> None:
    calendars = [calendar_of(place) for place in places]
    end = add_days(day, days, unit, calendars)
    assert days_between(day, end, unit, calendars) == days
    assert end >= day
    assert days == 0 or unit == "calendar_days" or is_working_day(end, calendars)


@given(DAYS, DAYS, st.integers(0, 60), UNITS, PLACES)
def test_whoever_starts_later_ends_no_earlier(one: date, two: date, days: int, unit: Unit, places: list[str]) -> None:
    calendars = [calendar_of(place) for place in places]
    first, second = sorted([one, two])
    assert add_days(first, days, unit, calendars) <= add_days(second, days, unit, calendars)
    assert add_days(first, days, unit, calendars) <= add_days(first, days + 1, unit, calendars)
