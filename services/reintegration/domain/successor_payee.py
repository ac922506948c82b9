"""Who is paid in the place of somebody who died or went away: the table of states, and what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol

from services.reintegration.domain.consent import MINOR_BANDS
from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing

Kind = Literal["family_member", "guardian", "heir"]
"""Somebody of the plan, the guardian of its children, or an heir who is not of the plan."""


class SuccessorState(StrEnum):
    """Where a successor stands."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    REVOKED = "REVOKED"


S = SuccessorState
SUCCESSOR: Table = {
    "confirm": Transition(frozenset({S.PROPOSED}), S.CONFIRMED),
    "refuse": Transition(frozenset({S.PROPOSED}), S.REFUSED),
    "revoke": Transition(frozenset({S.CONFIRMED}), S.REVOKED),
    "fall-away": Transition(frozenset({S.PROPOSED, S.CONFIRMED}), S.REVOKED),
}
LIVE = frozenset({S.PROPOSED, S.CONFIRMED})


class Member(Protocol):
    """What counts of a person of the plan."""

    person_ref: str
    relation: str
    age_band: str
    deceased_on: date | None
    left_plan_on: date | None


def gone(person: Member) -> bool:
    """Whether this person is no longer of the plan: died, or went away."""
    return person.deceased_on is not None or person.left_plan_on is not None


def payee_of(line_person_ref: str | None, persons: Sequence[Member]) -> Member | None:
    """Whom grants of a line are for: the person it was granted to, else the main applicant (the first of the plan);
    None while that person is not known, since nobody stands in for them."""
    named = [person for person in persons if line_person_ref in (None, person.person_ref)]
    return next(iter(named), None)


def missing_to_propose(of_person: Member | None, successor: Member | None, *, kind: str) -> list[Missing]:
    """The one before is gone; a member of the family is an adult who is still there."""
    found = []
    if of_person is None or not gone(of_person):
        found.append(Missing("payee-gone", "A successor is for somebody of the plan who died or went away."))
    if kind != "family_member":
        return found
    if successor is None or gone(successor) or successor.age_band in MINOR_BANDS:
        found.append(Missing("adult-of-the-plan", "The successor must be an adult who is still of the plan."))
    return found


def missing_to_confirm(*, proposed_by: str, acting: str) -> list[Missing]:
    """Whoever proposed does not decide."""
    if acting == proposed_by:
        return [Missing("other-than-proposer", "Whoever proposed the successor does not decide about it.")]
    return []


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The successor's state after a step; raises TransitionRefused."""
    return walk(SUCCESSOR, name, state, missing or [])
