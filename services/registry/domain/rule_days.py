"""On which days the rules of a programme hold, and on which between two versions none would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Protocol

DAY = timedelta(days=1)
OUTSIDE = "can never apply: its days are not among those of the version"


class Days(Protocol):
    """The days of a version; without a last one it goes on."""

    @property
    def valid_from(self) -> date:
        """The first day."""
        ...

    @property
    def valid_to(self) -> date | None:
        """The last day."""
        ...


def gaps_beside(new: Days, others: Iterable[Days], *, held_until: date | None = None) -> list[tuple[date, date]]:
    """The first and last day of each stretch next to a version on which no rules hold, though some do before and after,
    or did: `held_until` is the last day of what this version brings to an end. The versions do not overlap.
    """
    ordered = sorted((new, *others), key=lambda days: days.valid_from)
    found = [
        (before.valid_to + DAY, after.valid_from - DAY)
        for before, after in pairwise(ordered)
        if new in (before, after) and before.valid_to is not None and before.valid_to + DAY < after.valid_from
    ]
    if ordered[-1] is new and new.valid_to is not None and held_until is not None and new.valid_to < held_until:
        found.append((new.valid_to + DAY, held_until))
    return found


def never_in(table: Mapping[str, Any], first: date, last: date | None) -> Iterator[str]:
    """Rules with days of their own that a version of these days never meets. The version goes by the day of the
    application; decision, departure and arrival may come later than its last day, never before its first."""
    for number, rule in enumerate(table["rules"]):
        over = rule.get("valid_to") is not None and rule["valid_to"] < first.isoformat()
        early = rule.get("valid_from") is not None and last is not None and rule["valid_from"] > last.isoformat()
        if over or (early and rule.get("reference", "application") == "application"):
            yield f"rules/{number}"
