"""Where a step leads when that depends on where the case came from."""

from __future__ import annotations

from services.returns.domain.case_view import CaseView, Funding, State

GRANTED = (State.APPROVED, State.PRE_DEPARTURE, State.READY, State.RETURN_FAILED, State.LAPSED, State.REVOKED)
"""States in which assistance had been granted."""


def resumed(case: CaseView) -> State:
    """Back to where it rested; what was ready is prepared again, so that every gate is checked anew."""
    before = case.suspended_from or State.SUBMITTED
    return State.PRE_DEPARTURE if before is State.READY else before


def reopened(case: CaseView) -> State:
    """To where it was before the decision; a grant is taken up again while its calculation still holds."""
    before = case.stage_before_end or State.DRAFT
    if before in GRANTED:
        return State.APPROVED if case.quote_valid else State.ELIGIBLE
    if before is State.SUSPENDED:
        return State.SUBMITTED
    return before


def taken_up(case: CaseView) -> State:
    """Whoever turned back alone has no grant of their own yet and is decided anew."""
    return State.ELIGIBLE if case.funding is Funding.NONE else State.PRE_DEPARTURE


def review_granted(case: CaseView) -> State:
    """A wrong refusal or amount is decided anew; a wrong suspension, lapse or revocation is undone."""
    if case.review_of is State.SUSPENDED:
        return resumed(case)
    if case.review_of in (State.LAPSED, State.REVOKED) and case.quote_valid:
        return State.APPROVED
    return State.ELIGIBLE


def review_confirmed(case: CaseView) -> State:
    """Back to what was contested; a contested finding of ineligibility stands as a refusal."""
    of = case.review_of
    return State.REFUSED if of in (None, State.INELIGIBLE) else of
