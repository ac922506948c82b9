"""What a clock is and how its days are computed: pure, from a start, a period, pauses and an extension.

A clock tells people what is due; it never moves a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from services.returns.domain.working_days import (
    Calendars,
    Unit,
    add_days,
    days_between,
    shifted,
    working_day_from,
    working_day_until,
)

Counting = Literal["after_start", "before_travel", "until_travel", "as_recorded"]
"""So many days after the start; so many days before the journey at the latest; within so many days before the journey,
on its day at the latest; or on the day a record names."""
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of an escalation ladder: so many calendar days after the due day this role is told."""

    after_days: int
    role: str


@dataclass(frozen=True, kw_only=True)
class ClockKind:
    """One kind of clock as the dated tables state it."""

    code: str
    told: str
    starts: str
    about: Literal["case", "person", "request", "complaint"]
    owes: str
    acts: tuple[str, ...]
    counting: Counting
    days: int | None
    days_if_vulnerable: int | None
    unit: Unit
    calendars: tuple[str, ...]
    ends_on_working_day: bool
    pauses_while: tuple[str, ...]
    pause_extends: bool
    reminders_percent: tuple[int, ...]
    escalation: tuple[Rung, ...]
    extended_by: tuple[str, ...]
    told_to_others_as: str
    source: str
    version: str
    least_days: int | None = None
    most_days: int | None = None
    hours: int | None = None


@dataclass(frozen=True, kw_only=True)
class Start:
    """That a clock runs, about whom, since when; `due_on` where the day stands in a record or clause."""

    subject: str = ""
    on: date | None = None
    due_on: date | None = None
    days: int | None = None
    source: str | None = None
    latest_on: date | None = None
    silence_counts: bool = False
    paused_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class Running:
    """What is remembered of a running clock from day to day."""

    started_on: date
    days: int | None = None
    paused_since: date | None = None
    paused_for: str | None = None
    paused_days: int = 0
    extended_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """The days of a clock: without an extension, and as it stands."""

    base_on: date
    on: date


def period_of(kind: ClockKind, start: Start, *, vulnerable: bool, programme_days: int | None) -> int | None:
    """How many days: what the clause says, else the programme, else the table."""
    if start.days is not None:
        return start.days
    if programme_days is not None:
        return programme_days
    return kind.days_if_vulnerable if vulnerable and kind.days_if_vulnerable is not None else kind.days


def begun_on(kind: ClockKind, start: Start, days: int | None, *, travel_on: date | None) -> date | None:
    """The day a clock began by the facts; None: the day it was first seen."""
    if kind.counting == "until_travel" and travel_on is not None:
        return shifted(travel_on, -(days or 0))
    return start.on


def paused(kind: ClockKind, running: Running, reason: str | None, *, today: date, places: Calendars) -> Running:
    """Stop the clock while it waits on others, and let it go on when it no longer does; the days in between count."""
    if reason is not None:
        since = running.paused_since or today
        return replace(running, paused_since=since, paused_for=reason)
    if running.paused_since is None:
        return running
    waited = days_between(running.paused_since, today, kind.unit, places) if kind.pause_extends else 0
    return replace(running, paused_since=None, paused_for=None, paused_days=running.paused_days + waited)


def due(kind: ClockKind, start: Start, running: Running, *, travel_on: date | None, places: Calendars) -> Due | None:
    """When it is due; None where nothing sets a day. An extension only ever moves the day to a later one."""
    base = _base(kind, start, running, travel_on, places)
    if base is None:
        return None
    return Due(base_on=base, on=max(base, running.extended_until or base))


def _base(kind: ClockKind, start: Start, running: Running, travel_on: date | None, places: Calendars) -> date | None:
    if kind.counting == "as_recorded":
        return start.due_on and add_days(start.due_on, running.paused_days, kind.unit, places)
    if kind.counting == "until_travel":
        return travel_on
    if running.days is None:
        return None
    if kind.counting == "before_travel":
        if travel_on is None:
            return None
        latest = add_days(travel_on, -running.days, kind.unit, places)
        return working_day_until(latest, places) if kind.ends_on_working_day else latest
    last = add_days(running.started_on, running.days + running.paused_days, kind.unit, places)
    return working_day_from(last, places) if kind.ends_on_working_day else last


def reminder_days(kind: ClockKind, started_on: date, due_on: date) -> Mapping[int, date]:
    """On which day which share of the time is over."""
    whole = max(0, (due_on - started_on).days)
    return {percent: shifted(started_on, -(-whole * percent // PERCENT)) for percent in kind.reminders_percent}


def next_look(
    kind: ClockKind, running: Running, due_on: date, *, reminded: int, missed: bool, told: int
) -> date | None:
    """The next day on which somebody has to be told something; None while it rests or everybody was told."""
    if running.paused_since is not None:
        return None
    days = [on for percent, on in reminder_days(kind, running.started_on, due_on).items() if percent > reminded]
    coming = [] if missed else [*days, shifted(due_on, 1)]
    rungs = [shifted(due_on, 1 + rung.after_days) for rung in kind.escalation[told:]]
    return min([*coming, *rungs], default=None)
