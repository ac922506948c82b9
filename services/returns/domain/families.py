"""What must be so before two files of one family become one, and what a newborn brings with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.returns.domain.case_view import CaseView, PersonView, State
from services.returns.domain.guards import no_child_alone, no_dependant_alone, per_person
from services.returns.domain.voluntariness import not_frozen
from shared.errors import Missing

STAGES: tuple[State, ...] = (State.DRAFT, State.SUBMITTED, State.SCREENING, State.ELIGIBLE)
"""Files are joined before the decision; after it, each grant stands for its own persons and files are linked."""

BIRTH_STAGES: tuple[State, ...] = (
    *STAGES,
    State.APPROVED,
    State.PRE_DEPARTURE,
    State.READY,
    State.UNDER_REVIEW,
    State.SUSPENDED,
    State.DEPARTED,
)
"""A child may be born at any time before everybody has arrived; help for it never holds anybody up."""

PROTECTIVE: Mapping[str, tuple[str, ...]] = {
    "detention": ("detained", "removal_date_set"),
    "remedy": ("pending",),
    "claim_standing": ("open", "recognised"),
}
"""What holds for the common file if it held in either: what protects is never lost by joining."""

SAME = {
    "programme_id": "programme",
    "case_kind": "kind of case",
    "destination": "destination",
    "office_id": "office",
    "authority_id": "authority",
}


@dataclass(frozen=True, kw_only=True)
class Joining:
    """Two files about to become one: the one that goes on, and the one whose persons come over."""

    kept: CaseView
    joining: CaseView
    differing: tuple[str, ...] = ()


def merge_missing(files: Joining) -> list[Missing]:
    """Everything that stands against one file; empty when nothing does."""
    kept, joining = files.kept, files.joining
    both = (*kept.adults, *joining.adults)
    return [
        *_stage(kept, joining),
        *(Missing(f"different-{name}", f"The two files have a different {SAME[name]}.") for name in files.differing),
        *(not_frozen(kept) or not_frozen(joining)),
        *per_person(both, "common-file", "An adult has not agreed, asked alone, to one file", _not_asked),
        *no_child_alone(_together(kept, joining)),
        *no_dependant_alone(_together(kept, joining)),
    ]


def _stage(kept: CaseView, joining: CaseView) -> list[Missing]:
    for case in (kept, joining):
        if case.state not in STAGES:
            return [Missing("state", _why_not(case.state))]
    if STAGES.index(kept.state) > STAGES.index(joining.state):
        return [Missing("stage", "Keep the file that has come less far, so that nobody skips a step.")]
    return []


def _why_not(state: State) -> str:
    """Why a file in this state is not joined, and what to do instead."""
    if state is State.APPROVED:
        return (
            "Each grant stands for its own persons: have this one set aside first (ask for a review), then join the "
            "files and decide on all; or link them."
        )
    if state in (State.PRE_DEPARTURE, State.READY):
        return "The journey of one file is being prepared on its own grant: link the files instead."
    if state in (State.DEPARTED, State.ARRIVED, State.HANDED_OVER, State.CLOSED):
        return (
            "People of one file have left already: link the files. A second file of the same people is closed as a "
            "duplicate, and what both were granted is reconciled."
        )
    return "Files are joined before the decision; one that rests or is over is linked."


def _not_asked(person: PersonView) -> bool:
    return not person.agrees_to_one_file


def _together(kept: CaseView, joining: CaseView) -> CaseView:
    return replace(kept, persons=(*kept.persons, *joining.persons))
