"""What a row of the state machine of a return case consists of: states, roles, guards, and the kinds that have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.returns.domain.case_view import CaseView, State
from services.returns.domain.guards import Guard

S = State
BEFORE_DECISION = (S.DRAFT, S.SUBMITTED, S.SCREENING, S.ELIGIBLE)
AFTER_DECISION = (S.APPROVED, S.PRE_DEPARTURE, S.READY)
AFTER_ARRIVAL = (S.ARRIVED, S.HANDED_OVER, S.CLOSED)
OPEN = (*BEFORE_DECISION, *AFTER_DECISION, S.UNDER_REVIEW)
KINDS = ("avrr", "avr_transport_only", "self_organised", "humanitarian_return")
ASSISTED = ("avrr", "avr_transport_only", "humanitarian_return")
WITH_DECISION_TO_RETURN = ("avrr", "avr_transport_only")
CASEWORK = ("caseworker",)
AUTHORITY = ("case_officer",)
BOTH = ("caseworker", "case_officer")
TRAVEL = ("caseworker", "travel_officer", "case_officer")
ARRIVAL = (*TRAVEL, "reintegration_partner", "provider")


@dataclass(frozen=True)
class Transition:
    """One row of the table: from where, to where, who may, and what must be so."""

    name: str
    sources: tuple[State, ...]
    target: State
    roles: tuple[str, ...]
    guards: tuple[Guard, ...] = ()
    label: str = ""
    kinds: tuple[str, ...] = KINDS
    lands: Callable[[CaseView], State] | None = None
