"""The state machine of a return case, as a table; nothing else in this service decides where a case may go.

Withdrawal is open from every state before everybody has arrived. There is no lapse: no timer ever ends a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.returns.domain import guards
from services.returns.domain.case_view import CaseView, State
from services.returns.domain.guards import Guard
from shared.errors import Missing, TransitionRefused

S = State
BEFORE_DECISION = (S.DRAFT, S.SUBMITTED, S.SCREENING, S.ELIGIBLE)
AFTER_DECISION = (S.APPROVED, S.PRE_DEPARTURE, S.READY)
OPEN = (*BEFORE_DECISION, *AFTER_DECISION, S.UNDER_REVIEW)
GATES: tuple[Guard, ...] = (
    guards.somebody_travels,
    guards.every_adult_consented,
    guards.every_adult_declared,
    guards.children_protected,
    guards.no_child_alone,
    guards.no_dependant_alone,
    guards.screened,
    guards.identities_known,
    guards.no_stop_advisory,
    guards.itinerary_known,
    guards.documents_valid,
    guards.medically_cleared,
    guards.reconfirmed,
    guards.funds_reserved,
)
"""Everything that must hold before anybody boards."""


@dataclass(frozen=True)
class Transition:
    """One row of the table: from where, to where, who may, and what must be so."""

    name: str
    sources: tuple[State, ...]
    target: State
    roles: tuple[str, ...]
    guards: tuple[Guard, ...] = ()
    label: str = ""


CASEWORK = ("caseworker",)
AUTHORITY = ("case_officer",)
BOTH = ("caseworker", "case_officer")
TRAVEL = ("caseworker", "travel_officer", "case_officer")
ARRIVAL = (*TRAVEL, "reintegration_partner", "provider")

TABLE: tuple[Transition, ...] = (
    Transition(
        "submit",
        (S.DRAFT,),
        S.SUBMITTED,
        CASEWORK,
        (
            guards.somebody_travels,
            guards.main_applicant_named,
            guards.every_adult_consented,
            guards.every_adult_declared,
            guards.children_protected,
            guards.no_child_alone,
            guards.no_dependant_alone,
        ),
        "submit the application",
    ),
    Transition("screen", (S.SUBMITTED, S.SCREENING), S.SCREENING, BOTH, (), "record the screening"),
    Transition(
        "find_eligible",
        (S.SCREENING,),
        S.ELIGIBLE,
        BOTH,
        (guards.screened, guards.checked, guards.children_protected),
        "find eligible",
    ),
    Transition("find_ineligible", (S.SCREENING,), S.INELIGIBLE, BOTH, (guards.screened,), "find ineligible"),
    Transition(
        "approve",
        (S.ELIGIBLE,),
        S.APPROVED,
        AUTHORITY,
        (
            guards.decided_by_another,
            guards.quote_fits,
            guards.screened,
            guards.children_protected,
            guards.every_adult_consented,
            guards.no_stop_advisory,
        ),
        "grant assistance",
    ),
    Transition("refuse", (S.ELIGIBLE,), S.REFUSED, AUTHORITY, (guards.decided_by_another,), "refuse assistance"),
    Transition("ask_review", (S.REFUSED, S.INELIGIBLE), S.UNDER_REVIEW, BOTH, (), "ask for a review of the refusal"),
    Transition(
        "review_grants",
        (S.UNDER_REVIEW,),
        S.ELIGIBLE,
        AUTHORITY,
        (guards.reviewed_by_another,),
        "review: decide anew",
    ),
    Transition(
        "review_confirms",
        (S.UNDER_REVIEW,),
        S.REFUSED,
        AUTHORITY,
        (guards.reviewed_by_another,),
        "review: refusal stands",
    ),
    Transition(
        "start_pre_departure",
        (S.APPROVED,),
        S.PRE_DEPARTURE,
        TRAVEL,
        (guards.funds_reserved, guards.partner_settled, guards.somebody_travels),
        "start the preparation of the journey",
    ),
    Transition("make_ready", (S.PRE_DEPARTURE, S.READY), S.READY, TRAVEL, GATES, "declare ready to travel"),
    Transition("fall_back", (S.READY,), S.PRE_DEPARTURE, TRAVEL, (), "take back to preparation"),
    Transition("depart", (S.READY,), S.DEPARTED, TRAVEL, (*GATES, guards.all_boarded), "record the departure"),
    Transition("did_not_board", (S.READY,), S.PRE_DEPARTURE, TRAVEL, (), "record that nobody boarded"),
    Transition("arrive", (S.DEPARTED,), S.ARRIVED, ARRIVAL, (guards.all_arrived,), "confirm the arrival"),
    Transition("hand_over", (S.ARRIVED,), S.HANDED_OVER, ARRIVAL, (guards.handover_received,), "record the handover"),
    Transition("close", (S.HANDED_OVER,), S.CLOSED, BOTH, (), "close the file"),
    Transition("withdraw", (*OPEN, S.SUSPENDED, S.RETURN_FAILED), S.WITHDRAWN, CASEWORK, (), "withdraw"),
    Transition("decline_to_continue", (S.DEPARTED,), S.RETURN_FAILED, ARRIVAL, (), "withdraw on the way"),
    Transition("fail_return", (S.DEPARTED,), S.RETURN_FAILED, TRAVEL, (), "record that the return failed"),
    Transition("cancel", (*OPEN, S.SUSPENDED, S.RETURN_FAILED), S.CANCELLED, AUTHORITY, (), "cancel"),
    Transition("suspend", OPEN, S.SUSPENDED, BOTH, (), "suspend"),
    Transition("resume", (S.SUSPENDED,), S.SUSPENDED, BOTH, (), "resume"),
    Transition("take_up_again", (S.RETURN_FAILED,), S.PRE_DEPARTURE, TRAVEL, (guards.funds_reserved,), "prepare anew"),
)
BY_NAME: Mapping[str, Transition] = {transition.name: transition for transition in TABLE}

SKIPPED_GUARDS: Mapping[str, frozenset[Guard]] = {
    "avrr": frozenset(),
    "avr_transport_only": frozenset({guards.partner_settled}),
    "humanitarian_return": frozenset({guards.checked}),
    "self_organised": frozenset(
        {
            guards.documents_valid,
            guards.medically_cleared,
            guards.reconfirmed,
            guards.itinerary_known,
            guards.partner_settled,
        }
    ),
}
"""One column per kind of case: which guards do not apply to it."""


def move(case: CaseView, name: str) -> State:
    """The state after this transition; raises TransitionRefused with everything that is missing and what is open."""
    transition = BY_NAME[name]
    missing = missing_for(case, transition)
    if case.state not in transition.sources or missing:
        raise TransitionRefused(
            transition=transition.label,
            state=case.state.value,
            missing=missing or [Missing("state", _not_from(case.state, transition))],
            open_transitions=open_transitions(case),
        )
    if name == "resume":
        return case.suspended_from or S.SUBMITTED
    return transition.target


def missing_for(case: CaseView, transition: Transition) -> list[Missing]:
    """What this transition still lacks, without looking at the state."""
    if case.state not in transition.sources:
        return []
    skipped = SKIPPED_GUARDS[case.case_kind]
    return [item for guard in transition.guards if guard not in skipped for item in guard(case)]


def open_transitions(case: CaseView) -> list[str]:
    """Transitions that would succeed now, as far as the case itself is concerned."""
    return [
        transition.name
        for transition in TABLE
        if case.state in transition.sources and not missing_for(case, transition)
    ]


def _not_from(state: State, transition: Transition) -> str:
    sources = ", ".join(source.value for source in transition.sources)
    return f"To {transition.label}, the case must be in {sources}; it is in {state.value}."
