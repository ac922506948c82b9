"""When something that was promised is due, and whether it is late; the card says nothing that the person cannot use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.returns.domain.working_days import Calendars, add_days, working_day_from

BEFORE = ("pre_departure", "travel", "departure_cash")
THERE = ("DEPARTED", "ARRIVED", "HANDED_OVER", "CLOSED")
PREPARING = (
    "DRAFT",
    "SUBMITTED",
    "SCREENING",
    "ELIGIBLE",
    "APPROVED",
    "PRE_DEPARTURE",
    "SUSPENDED",
    "UNDER_REVIEW",
)
AUTHORITY, PARTNER = "return_office", "partner"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One line: what, how much in minor units, by whom, by when, and how much of it came."""

    phase: str
    code: str
    amount_minor: int
    currency: str
    by: str
    due_on: date | None
    paid_minor: int
    late: bool


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that waits and is being mended: a code that the texts know, by when, and whether that has passed."""

    code: str
    until: date
    late: bool


def promised_by(phase: str) -> str:
    """Who owes it: the return office until the journey, the partner on the spot afterwards."""
    return AUTHORITY if phase in BEFORE else PARTNER


def due_on(
    rule: Mapping[str, Any] | None, *, travel_on: date | None, arrived_on: date | None, places: Calendars = ()
) -> date | None:
    """The day by which it is due by a rule of the dated table, counted as every clock is; None while the day it is
    counted from is not known."""
    start = None if rule is None else travel_on if rule["from"] == "travel" else arrived_on
    if rule is None or start is None:
        return None
    last = add_days(start, rule["days"], rule["unit"], places)
    return working_day_from(last, places) if rule["ends_on_working_day"] else last


def stage(state: str) -> str:
    """How far it is in a word that gives nothing away: preparing, ready, there or ended."""
    if state in THERE:
        return "there"
    if state == "READY":
        return "ready"
    return "preparing" if state in PREPARING else "ended"


def withdrawal_stands(asked_on: date | None, declared_on: date | None) -> bool:
    """Whether the word that somebody does not want to go is their last one: they have not declared anew since."""
    return asked_on is not None and declared_on is None


def may_still_withdraw(state: str) -> bool:
    """Until everybody has arrived, and as long as there is a journey to withdraw from."""
    return stage(state) in ("preparing", "ready") or state in ("DEPARTED", "RETURN_FAILED", "LAPSED", "REVOKED")
