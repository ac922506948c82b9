"""What a programme says of the courses of its plans: the ladder to a first contact, and how long one can be revived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Missing


@dataclass(frozen=True, kw_only=True)
class PlanRules:
    """One version; all periods in calendar days, and the days of the ladder in rising order."""

    contact_after_days: tuple[int, ...]
    support_window_days: int
    family_continues_after_death: bool
    source: str
    version: str


def rungs_due(rules: PlanRules, *, since: date, told: int, today: date) -> list[int]:
    """The numbers, from 1, of the steps that are due by today and not told yet; the last one lets the plan rest."""
    days = [since + timedelta(days=days) for days in rules.contact_after_days]
    return [number for number, day in enumerate(days, start=1) if number > told and day <= today]


def next_rung_on(rules: PlanRules, *, since: date, told: int) -> date | None:
    """The day of the step after those already told; None after the last."""
    left = rules.contact_after_days[told:]
    return since + timedelta(days=left[0]) if left else None


def window_ends_on(rules: PlanRules, arrived_on: date) -> date:
    """The last day on which a plan that rests can be taken up again."""
    return arrived_on + timedelta(days=rules.support_window_days)


def missing_to_revive(rules: PlanRules, *, arrived_on: date, on: date) -> list[Missing]:
    """The programme's window is counted from the arrival."""
    if on <= window_ends_on(rules, arrived_on):
        return []
    return [Missing("support-window", "The time in which the programme supports people after their arrival is over.")]
