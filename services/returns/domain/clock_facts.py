"""What the clocks may look at: the case as the rules see it, and the requests that wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.returns.domain.case_view import CaseView, State

PREPARED = (State.APPROVED, State.PRE_DEPARTURE, State.READY)
"""States in which a journey is prepared."""
BEFORE_DEPARTURE = (
    State.DRAFT,
    State.SUBMITTED,
    State.SCREENING,
    State.ELIGIBLE,
    State.APPROVED,
    State.UNDER_REVIEW,
    State.PRE_DEPARTURE,
    State.READY,
)
"""States in which nobody has left."""


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """An approved package for a recipient outside, and what became of it."""

    subject: str
    sent_on: date
    answer_by: date
    from_state: bool
    clause: str | None = None
    reply_days: int | None = None
    longest_reply_days: int | None = None
    silence_counts: bool = False
    transfer_within_days: int | None = None
    agreed_on: date | None = None
    answered: bool = False
    ended: bool = False
    asked_back_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ClockFacts:
    """One case on one day."""

    case: CaseView
    today: date
    host: str
    destination: str
    deadline_missed_on: date | None = None
    opened_on: date | None = None
    submitted_on: date | None = None
    departed_on: date | None = None
    arrived_on: date | None = None
    handed_over_on: date | None = None
    consents_until: Mapping[str, date] = field(default_factory=dict)
    medical_forms_until: Mapping[str, date] = field(default_factory=dict)
    requests: tuple[RequestView, ...] = ()
    vulnerable: bool = False
    messages_unseen: Mapping[str, date] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """Where the case stands, or stood before it rests."""
        case = self.case
        resting = case.state is State.SUSPENDED and case.suspended_from is not None
        return case.suspended_from if resting and case.suspended_from else case.state

    @property
    def suspended(self) -> bool:
        """Whether the case rests."""
        return self.case.state is State.SUSPENDED

    @property
    def waiting(self) -> tuple[RequestView, ...]:
        """Requests whose answer is still to come."""
        return tuple(request for request in self.requests if not (request.answered or request.ended))
