"""Durations with open cases counted as still waiting: the Kaplan-Meier median, not the median of the finished ones.

Source of the method: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, 1958.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Waited:
    """One case: how many days it was observed, and whether the step happened at the end of them."""

    days: int
    done: bool


def quantile_days(observed: Iterable[Waited], share: Fraction = Fraction(1, 2)) -> int | None:
    """The first day by which at least `share` of the cases are estimated to be done; None if never reached."""
    cases = [case for case in observed if case.days >= 0]
    at_risk, waiting = len(cases), Fraction(1)
    done = Counter(case.days for case in cases if case.done)
    left = Counter(case.days for case in cases)
    for day in sorted(left):
        if done[day]:
            waiting *= Fraction(at_risk - done[day], at_risk)
            if 1 - waiting >= share:
                return day
        at_risk -= left[day]
    return None
