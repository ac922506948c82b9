"""The two columns of a partnership: what a side owes as it says itself, and what the other side says to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SIDES = ("host", "partner")


@dataclass(frozen=True)
class Owed:
    """A commitment that both sides agreed to, and the last word of each."""

    owner_side: str
    due_on: date
    reported_on: date | None
    disputed: bool
    outcome: str | None


@dataclass(frozen=True)
class Side:
    """What one side owes: its own words (reported), then those of the other (confirmed, disputed, waived).

    `overdue` is what neither has said anything about although its day is over. The columns are not weighed, and there
    is no total of both.
    """

    side: str
    owed: int
    reported_in_time: int
    reported_late: int
    overdue: int
    confirmed: int
    disputed: int
    waived: int


def column_of(side: str, commitments: Iterable[Owed], *, today: date) -> Side:
    """The column of one side."""
    own = [owed for owed in commitments if owed.owner_side == side]
    reported = [(owed, owed.reported_on) for owed in own if owed.reported_on is not None]
    late = sum(on > owed.due_on for owed, on in reported)
    return Side(
        side=side,
        owed=len(own),
        reported_in_time=len(reported) - late,
        reported_late=late,
        overdue=sum(owed.reported_on is None and owed.outcome is None and owed.due_on < today for owed in own),
        confirmed=sum(owed.outcome == "confirmed" for owed in own),
        disputed=sum(owed.disputed for owed in own),
        waived=sum(owed.outcome == "waived" for owed in own),
    )
