"""Which help counts as received, and which rules of a programme count it: pure, from payments and days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Protocol, TypeVar

from services.returns.domain.case_view import State

FOR_THE_JOURNEY = ("pre_departure", "travel")
"""Phases that are of no use to whoever did not leave: a cancelled ticket is a cost of the programme, no help."""
FAMILY_LINKS = ("family", "joins_later", "joins_already_returned")
"""Links that make one family of two files; relatives on one flight need not be one."""
GRANT_STANDS = (
    State.APPROVED,
    State.PRE_DEPARTURE,
    State.READY,
    State.DEPARTED,
    State.ARRIVED,
    State.HANDED_OVER,
    State.CLOSED,
    State.UNDER_REVIEW,
    State.SUSPENDED,
    State.RETURN_FAILED,
)
"""States in which a grant counts as granted; of a file that ended otherwise only what was paid out does."""


class Payment(Protocol):
    """What the rule needs to know of a payment."""

    @property
    def person_ref(self) -> str | None:
        """Whom it was for; None for the family together."""

    @property
    def phase(self) -> str | None:
        """The phase of its line, if that is still known."""


P = TypeVar("P", bound=Payment)


def received(payments: Iterable[P], person_ref: str, *, travelled: bool) -> list[P]:
    """The payments that were help for this person: their own, or the family's. Source: domain rules of this project,
    scenario 14: only benefits actually received count as prior assistance."""
    return [
        payment
        for payment in payments
        if payment.person_ref in (None, person_ref) and (travelled or payment.phase not in FOR_THE_JOURNEY)
    ]


def asked_about_help(part: Any) -> Iterator[dict[str, Any]]:
    """What a part of a rule table asks about earlier help: within so many years, as a minor or otherwise."""
    for name, value in part.items() if isinstance(part, dict) else ():
        if name == "assisted":
            yield value
        else:
            yield from asked_about_help(value)
    for each in part if isinstance(part, list) else ():
        yield from asked_about_help(each)


def counts(within_years: int | None, minors_only: bool | None, *, on: date, as_minor: bool, reference: date) -> bool:
    """Whether a rule that looks back so many years (None: ever) counts help of that day."""
    if minors_only not in (None, as_minor):
        return False
    return within_years is None or years_later(on, within_years) > reference


def years_later(day: date, years: int) -> date:
    """The same day so many years later; of a 29th of February the 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)
