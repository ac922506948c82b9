"""What an erasure waits for, and what stays of a person afterwards, why and until when.

The order is that of finding 19: a complaint or court, then the evidence of money, then the check for earlier help.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.returns.domain.benefits import asked_about_help, years_later
from services.returns.domain.case_view import State

S = State
CONTESTABLE = (S.REFUSED, S.INELIGIBLE, S.LAPSED, S.REVOKED)
"""Decisions of the authority that a review may still undo: what proves them wrong must not be gone before."""
OVER = (*CONTESTABLE, S.CLOSED, S.WITHDRAWN, S.CANCELLED, S.DEPARTED_UNASSISTED, S.STATUS_GRANTED)
"""States in which nobody needs to know who this is. Of a MERGED file everybody went on in another one."""
HOLD_GROUNDS = ("complaint", "court", "supervisory_authority", "audit")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing an erasure waits for; `until` is the day somebody looks at it again, where there is one."""

    ground: str
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One thing that stays afterwards; without a day it stays for as long as the records of the service."""

    what: str
    source: str
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Window:
    """How long help counts as earlier help by one rule of a programme: so many years (None: ever), of whom."""

    years: int | None
    as_minor: bool | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is known of the person and their file on the day."""

    state: State
    in_state_since: date
    today: date
    holds: tuple[Waiting, ...] = ()
    remedy_pending: bool = False
    review_waived: bool = False
    granted: bool = False
    last_payment_on: date | None = None
    helped_on: date | None = None
    helped_as_minor: bool = False
    windows: tuple[Window, ...] = ()
    recipients_until: date | None = None


def waits_for(found: Situation, periods: Mapping[str, Any]) -> list[Waiting]:
    """Everything that comes before the erasure; empty: it is carried out at once."""
    waiting = list(found.holds)
    if found.remedy_pending:
        waiting.append(Waiting(ground="remedy_pending"))
    last_day = found.in_state_since + timedelta(days=periods["contestable_days"])
    if found.state in CONTESTABLE and not found.review_waived and found.today <= last_day:
        waiting.append(Waiting(ground="review_possible", until=last_day))
    return waiting


def counts_until(found: Situation, periods: Mapping[str, Any]) -> tuple[date, str] | None:
    """The last day on which help the person had counts by a rule of the programme, and that rule's source."""
    if found.helped_on is None:
        return None
    longest = int(periods["longest_exclusion_years"])
    concerned = [window for window in found.windows if window.as_minor in (None, found.helped_as_minor)]
    ends = [
        (years_later(found.helped_on, min(window.years or longest, longest)) - timedelta(days=1), window.source)
        for window in concerned
    ]
    last = max(ends, default=None)
    return last if last is not None and last[0] >= found.today else None


def stays(found: Situation, periods: Mapping[str, Any]) -> list[Stay]:
    """What stays, in the order in which people ask."""
    sources = periods["sources"]
    kept = [Stay(what="codes", source=sources[0])]
    if found.granted:
        year = (found.last_payment_on or found.in_state_since).year + int(periods["money_kept_years"])
        kept.append(Stay(what="money", source=sources[1], until=date(year, 12, 31)))
    if (exclusion := counts_until(found, periods)) is not None:
        kept.append(Stay(what="earlier_help", source=exclusion[1], until=exclusion[0]))
    if found.recipients_until is not None and found.recipients_until >= found.today:
        kept.append(Stay(what="recipients", source="disclosure", until=found.recipients_until))
    return [*kept, Stay(what="back_ups", source=sources[3])]


def windows_of(entries: Iterable[Mapping[str, Any]], source: str) -> tuple[Window, ...]:
    """The windows in a programme's eligibility entries, as registry published them."""
    return tuple(
        Window(years=one.get("within_years"), as_minor=one.get("as_minor"), source=entry.get("source") or source)
        for entry in entries
        for one in asked_about_help(entry)
    )
