"""Moves a case along the table; nothing else in this service decides where a case may go."""

from __future__ import annotations

from services.returns.domain.case_kinds import SKIPPED_GUARDS
from services.returns.domain.case_view import CaseView, State
from services.returns.domain.transition import Transition
from services.returns.domain.transition_table import BY_NAME, GATES, TABLE
from shared.errors import Missing, TransitionRefused

__all__ = [
    "BY_NAME",
    "GATES",
    "SKIPPED_GUARDS",
    "TABLE",
    "Transition",
    "gates_open",
    "missing_for",
    "move",
    "open_transitions",
    "starts_here",
]


def move(case: CaseView, name: str) -> State:
    """The state after this transition; raises TransitionRefused with everything that is missing and what is open."""
    transition = BY_NAME[name]
    here, missing = starts_here(case, transition), missing_for(case, transition)
    if not here or missing:
        raise TransitionRefused(
            transition=transition.label,
            state=case.state.value,
            missing=missing or [Missing("state", _not_from(case, transition))],
            open_transitions=open_transitions(case),
        )
    return transition.lands(case) if transition.lands else transition.target


def starts_here(case: CaseView, transition: Transition) -> bool:
    """Whether this step exists for this kind of case in its state."""
    return case.state in transition.sources and case.case_kind in transition.kinds


def missing_for(case: CaseView, transition: Transition) -> list[Missing]:
    """What this transition still lacks, without looking at the state."""
    if not starts_here(case, transition):
        return []
    skipped = SKIPPED_GUARDS[case.case_kind]
    return [item for guard in transition.guards if guard not in skipped for item in guard(case)]


def gates_open(case: CaseView) -> list[Missing]:
    """The gates that no longer hold."""
    skipped = SKIPPED_GUARDS[case.case_kind]
    return [item for guard in GATES if guard not in skipped for item in guard(case)]


def open_transitions(case: CaseView) -> list[str]:
    """Transitions that would succeed now, as far as the case itself is concerned."""
    return [
        transition.name for transition in TABLE if starts_here(case, transition) and not missing_for(case, transition)
    ]


def _not_from(case: CaseView, transition: Transition) -> str:
    if case.case_kind not in transition.kinds:
        return f"This step does not exist for a case of the kind {case.case_kind}: {transition.label}."
    sources = ", ".join(source.value for source in transition.sources)
    return f"To {transition.label}, the case must be in {sources}; it is in {case.state.value}."
