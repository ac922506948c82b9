"""Reintegration plans: the table of states, and activation by approval and arrival in either order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing


class PlanState(StrEnum):
    """Where a plan stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    PARTNER_VALIDATED = "PARTNER_VALIDATED"
    RETURNED_FOR_CHANGE = "RETURNED_FOR_CHANGE"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    DORMANT = "DORMANT"
    COMPLETED = "COMPLETED"
    DISCONTINUED = "DISCONTINUED"
    CLOSED = "CLOSED"


S = PlanState
AFTER_ARRIVAL = frozenset({S.DRAFT, S.SUBMITTED, S.PARTNER_VALIDATED, S.RETURNED_FOR_CHANGE, S.ACTIVE})
"""Where an unfinished plan of people who have arrived can stand; an approved one is active by then."""
UNFINISHED = AFTER_ARRIVAL | {S.APPROVED, S.DORMANT}
PLAN: Table = {
    "assign": Transition(UNFINISHED, None),
    "add-measure": Transition(frozenset({S.DRAFT, S.RETURNED_FOR_CHANGE}), None),
    "submit": Transition(frozenset({S.DRAFT, S.RETURNED_FOR_CHANGE}), S.SUBMITTED),
    "transfer": Transition(UNFINISHED, None),
    "validate-anew": Transition(frozenset({S.PARTNER_VALIDATED}), S.SUBMITTED),
    "validate": Transition(frozenset({S.SUBMITTED}), S.PARTNER_VALIDATED),
    "approve": Transition(frozenset({S.PARTNER_VALIDATED}), S.APPROVED),
    "return": Transition(frozenset({S.SUBMITTED, S.PARTNER_VALIDATED}), S.RETURNED_FOR_CHANGE),
    "reject": Transition(frozenset({S.PARTNER_VALIDATED}), S.REJECTED),
    "activate": Transition(frozenset({S.APPROVED}), S.ACTIVE),
    "take-back-arrival": Transition(frozenset({S.ACTIVE}), S.APPROVED),
    "become-dormant": Transition(AFTER_ARRIVAL, S.DORMANT),
    "revive": Transition(frozenset({S.DORMANT}), S.ACTIVE),
    "revive-draft": Transition(frozenset({S.DORMANT}), S.DRAFT),
    "complete": Transition(frozenset({S.ACTIVE}), S.COMPLETED),
    "discontinue": Transition(UNFINISHED, S.DISCONTINUED),
    "take-up-again": Transition(frozenset({S.DISCONTINUED}), S.DRAFT),
    "resume": Transition(frozenset({S.DISCONTINUED}), S.ACTIVE),
    "close": Transition(frozenset({S.COMPLETED, S.DISCONTINUED}), S.CLOSED),
}


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """The facts a plan is judged by."""

    author: str | None = None
    validated_by: str | None = None
    partner_assigned: bool = False
    funds_reserved: bool = False
    open_measures: int = 0
    arrived_on: date | None = None


def missing_to_submit(facts: PlanFacts) -> list[Missing]:
    """A plan goes to a partner, so there must be one."""
    return [] if facts.partner_assigned else [Missing("partner-assigned", "No partner has been assigned to the plan.")]


def missing_to_approve(facts: PlanFacts, acting: str) -> list[Missing]:
    """Four eyes, and money that is really there."""
    found = []
    if acting in (facts.author, facts.validated_by):
        found.append(Missing("other-than-author", "Whoever wrote or validated a plan does not approve it."))
    if not facts.funds_reserved:
        found.append(Missing("funds-reserved", "No funds are reserved for the case."))
    return found


def missing_to_complete(facts: PlanFacts) -> list[Missing]:
    """What was begun is finished first."""
    return [Missing("measures-finished", "A measure is still open.")] if facts.open_measures else []


def becomes_active(state: str, arrived_on: date | None) -> bool:
    """Approved and arrived, in whichever order."""
    return state == S.APPROVED and arrived_on is not None


def revival(approved_on: date | None) -> str:
    """How a plan that rests goes on: an approved one is active again, any other is drawn up anew with the family."""
    return "revive" if approved_on is not None else "revive-draft"


def resumption(approved_on: date | None) -> str:
    """How a plan goes on that only ended because of a mistake: an approved one is active again, any other drawn up
    anew."""
    return "resume" if approved_on is not None else "take-up-again"


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The plan's state after a step; raises TransitionRefused."""
    return walk(PLAN, name, state, missing or [])
