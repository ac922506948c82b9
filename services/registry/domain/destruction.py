"""Until when a recipient destroys what it was told once a request has ended, and how honestly it may answer.

A recipient that must keep a register (a passport was issued) says so with the article, the classes and until when
(domain rule 18). The period is data: the newest entry that is in force counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

Result = Literal["destroyed", "not_received", "retained_under_national_law"]
RESULTS: tuple[Result, ...] = ("destroyed", "not_received", "retained_under_national_law")
DataClass = Literal["biometrics", "contact", "documents", "health", "identity", "payment", "request", "travel"]
"""What a recipient may say it keeps: a closed list, so that nobody describes a person here."""
RETAINED: Result = "retained_under_national_law"
LONGEST_SUSPENSION_DELAY_HOURS = 48
"""A suspension is told after a random delay of up to this, so that its moment tells nothing (domain rule 9)."""


@dataclass(frozen=True)
class Period:
    """A destroy-by period and from when it holds."""

    valid_from: date
    days: int
    source: str


PERIODS: tuple[Period, ...] = (
    Period(date(2000, 1, 1), 30, "programme default; no agreement on file names another period"),
)


class RetentionNotExplained(ValueError):
    """Keeping under national law needs the article, the data classes and until when; nothing else takes them."""


def destroy_by(ended_on: date, packages: Sequence[date]) -> date:
    """The day by which it is destroyed: what a package said if that is earlier and has not passed."""
    period = max((entry for entry in PERIODS if entry.valid_from <= ended_on), key=lambda entry: entry.valid_from)
    return min([ended_on + timedelta(days=period.days), *(day for day in packages if day >= ended_on)])


def explained(result: Result, explanation: Mapping[str, Any]) -> None:
    """Raises RetentionNotExplained unless an explanation is complete where it is needed and absent where it is not."""
    given = {name for name in ("article", "data_classes", "retained_until") if explanation.get(name)}
    if (result == RETAINED) != (len(given) == 3) or (result != RETAINED and given):
        raise RetentionNotExplained(result)
