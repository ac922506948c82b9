"""The clocks that a clause of an agreement starts: a reply that is owed, a journey that is due. No clause, no clock."""

from __future__ import annotations

from datetime import date, timedelta

from services.returns.domain.clock_facts import BEFORE_DEPARTURE, ClockFacts, RequestView
from services.returns.domain.clocks import Start


def request_under_clause(facts: ClockFacts) -> list[Start]:
    """The agreement's clause says within how many days a recipient answers: no clause, no clock."""
    return [
        Start(
            subject=request.subject,
            on=request.sent_on,
            days=request.reply_days,
            source=f"Clause {request.clause} of the agreement",
            latest_on=_longest(request),
            silence_counts=request.silence_counts,
        )
        for request in facts.waiting
        if request.reply_days is not None
    ]


def _longest(request: RequestView) -> date | None:
    days = request.longest_reply_days
    return request.sent_on + timedelta(days=days) if days is not None else None


def request_without_clause(facts: ClockFacts) -> list[Start]:
    """A recipient was asked to answer by a day."""
    unbound = [request for request in facts.waiting if request.reply_days is None and request.from_state]
    return [Start(subject=request.subject, on=request.sent_on, due_on=request.answer_by) for request in unbound]


def transfer_window(facts: ClockFacts) -> list[Start]:
    """The other side has agreed, and the clause says within how many days the person travels: no clause, no clock."""
    if facts.state not in BEFORE_DEPARTURE:
        return []
    return [
        Start(
            subject=request.subject,
            on=request.agreed_on,
            days=request.transfer_within_days,
            source=f"Clause {request.clause} of the agreement",
        )
        for request in facts.requests
        if request.agreed_on is not None and request.transfer_within_days is not None and not request.ended
    ]
