"""What blocks each next step of a case, and why."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from services.returns.domain.transitions import TABLE, missing_for, starts_here
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile


class Blocker(BaseModel):
    """One thing that is missing."""

    code: str
    message: str


class NextStep(BaseModel):
    """A step of the table that starts from the case's state."""

    step: str
    label: str
    roles: list[str]
    possible: bool
    missing: list[Blocker]


def next_steps(file: CaseFile, *, on: date) -> list[NextStep]:
    """All steps from here; possible ones first."""
    view = view_of(file, on=on)
    steps: list[NextStep] = []
    for transition in TABLE:
        if not starts_here(view, transition):
            continue
        missing = missing_for(view, transition)
        steps.append(
            NextStep(
                step=transition.name,
                label=transition.label,
                roles=list(transition.roles),
                possible=not missing,
                missing=[Blocker(code=item.code, message=item.message) for item in missing],
            )
        )
    return sorted(steps, key=lambda step: not step.possible)
