"""Asking money back: never by a machine, after a hearing, in instalments, waived with reasons; the table of states.

Source: design rules of this project, finding 17: opened by an officer after hearing, never against minors, against
persons who seek protection, or where the return was not sustainable for reasons outside the person's control; what is
outstanding never blocks counselling, medical help or a new return of a vulnerable person.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from services.reintegration.domain.consent import MINOR_BANDS
from services.reintegration.domain.successor_payee import Member
from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing

Reason = Literal["re_entry_within_period", "not_used_as_agreed", "paid_twice"]
Waiver = Literal[
    "hardship", "protection_sought", "not_sustainable", "vulnerable", "amount_too_small", "not_recoverable"
]


class RecoveryState(StrEnum):
    """Where a recovery stands."""

    OPENED = "OPENED"
    HEARD = "HEARD"
    DECIDED = "DECIDED"
    RECOVERED = "RECOVERED"
    WAIVED = "WAIVED"


S = RecoveryState
RECOVERY: Table = {
    "hear": Transition(frozenset({S.OPENED}), S.HEARD),
    "decide": Transition(frozenset({S.HEARD}), S.DECIDED),
    "record-instalment": Transition(frozenset({S.DECIDED}), None),
    "settle": Transition(frozenset({S.DECIDED}), S.RECOVERED),
    "waive": Transition(frozenset({S.OPENED, S.HEARD, S.DECIDED}), S.WAIVED),
}
LIVE = frozenset({S.OPENED, S.HEARD, S.DECIDED})


def missing_to_open(
    person: Member | None, *, seeks_no_protection: bool, within_control: bool, amount_minor: int, paid_minor: int
) -> list[Missing]:
    """Against an adult of the plan only, with the two statements an officer makes before, and up to what was paid."""
    found = []
    if person is None or person.age_band in MINOR_BANDS or person.deceased_on is not None:
        found.append(Missing("adult-of-the-plan", "Money is asked back from living adults of the plan only."))
    if not seeks_no_protection:
        found.append(Missing("no-protection-sought", "Nothing is asked back from somebody who seeks protection."))
    if not within_control:
        found.append(Missing("within-control", "Nothing is asked back where the reasons were outside their control."))
    if amount_minor > paid_minor:
        found.append(Missing("grant-paid", "Not so much was paid as a grant that could be asked back."))
    return found


def missing_to_decide(*, opened_by: str, acting: str) -> list[Missing]:
    """Whoever opened it does not decide."""
    if acting == opened_by:
        return [Missing("other-than-opener", "Whoever opened a recovery does not decide about it.")]
    return []


def instalments(amount_minor: int, instalment_minor: int, first_due_on: date) -> list[tuple[date, int]]:
    """What is due when, monthly in steps of thirty days; the last one is the rest. The sum is the amount."""
    parts: list[tuple[date, int]] = []
    left, due_on = amount_minor, first_due_on
    while left > 0:
        parts.append((due_on, min(left, instalment_minor)))
        left, due_on = left - instalment_minor, due_on + timedelta(days=30)
    return parts


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The recovery's state after a step; raises TransitionRefused."""
    return walk(RECOVERY, name, state, missing or [])
