"""The day of a fact: as told, otherwise today, never in the future."""

from __future__ import annotations

from datetime import date, datetime

from shared.errors import Invalid


class DateInFuture(Invalid):
    """Facts are recorded when they have happened."""

    slug = "date-in-future"
    title = "The day of a fact cannot be in the future"


def day_of_fact(on: date | None, now: datetime) -> date:
    """The day a fact happened; raises DateInFuture."""
    today = now.date()
    if on is not None and on > today:
        raise DateInFuture
    return on or today
