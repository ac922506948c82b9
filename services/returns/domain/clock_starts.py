"""When each clock runs: a function per start fact of the dated tables. What it leaves out ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from services.returns.domain.case_view import PersonView, State
from services.returns.domain.clause_clocks import request_under_clause, request_without_clause, transfer_window
from services.returns.domain.clock_facts import BEFORE_DEPARTURE, PREPARED, ClockFacts, RequestView
from services.returns.domain.clocks import Start
from services.returns.domain.funding_clocks import funding_awaited, funding_refused, funding_untold, in_approved
from services.returns.domain.working_days import shifted

S = State
Starts = Callable[[ClockFacts], list[Start]]


def step(*states: State, since: Callable[[ClockFacts], date | None] = lambda facts: None) -> Starts:
    """A step that waits to be taken while the case is in one of these states."""

    def runs(facts: ClockFacts) -> list[Start]:
        return [Start(on=since(facts))] if facts.state in states else []

    return runs


def while_it_is(*states: State) -> Starts:
    """The same, for the state itself and not the one before a rest."""

    def runs(facts: ClockFacts) -> list[Start]:
        return [Start(on=facts.case.suspended_on)] if facts.case.state in states else []

    return runs


def departure_period(facts: ClockFacts) -> list[Start]:
    """The return decision gives a period; persons without one have none."""
    until = facts.case.depart_by
    return [Start(due_on=until)] if until and facts.state in BEFORE_DEPARTURE else []


def departure_period_over(facts: ClockFacts) -> list[Start]:
    """It is over and nobody has extended it or recorded the lapse."""
    missed = facts.deadline_missed_on
    return [Start(on=missed)] if missed and facts.state in BEFORE_DEPARTURE else []


def in_ready(facts: ClockFacts) -> list[Start]:
    """The day of the journey is set."""
    return [Start(due_on=facts.case.travel_on)] if facts.state is S.READY and facts.case.travel_on else []


def advisory_unanswered(facts: ClockFacts) -> list[Start]:
    """A safety advisory holds for a granted case: it stops it, or an officer has not looked at it."""
    waits = facts.case.stop_advisory or facts.case.advisories_to_assess
    return [Start()] if facts.state in PREPARED and waits else []


def advisory_untold(facts: ClockFacts) -> list[Start]:
    """A safety advisory holds for a granted case, whatever it demands, and its people were not told."""
    return [Start()] if facts.state in PREPARED and facts.case.advisories_untold else []


def partner_to_be_told(facts: ClockFacts) -> list[Start]:
    """A journey is planned and no partner is named, nor was it recorded that none is needed."""
    case = facts.case
    needed = case.travel_on and not case.partner_settled and case.case_kind == "avrr"
    return [Start()] if needed and facts.state in PREPARED else []


def reconfirmation(facts: ClockFacts) -> list[Start]:
    """Each adult says it again within the programme's days before the journey."""
    case = facts.case
    if case.travel_on is None or facts.state not in PREPARED:
        return []
    opens = shifted(case.travel_on, -case.reconfirmation_days)
    waiting = [person for person in case.adults if person.reconfirmed_on is None or person.reconfirmed_on < opens]
    return [Start(subject=person.person_ref, days=case.reconfirmation_days) for person in waiting]


def medical_clearance_needed(facts: ClockFacts) -> list[Start]:
    """Somebody needs a clearance for the journey and has none that is valid on the day."""
    travel_on = facts.case.travel_on
    if travel_on is None or facts.state not in PREPARED:
        return []
    return [
        Start(subject=person.person_ref)
        for person in facts.case.travelling
        if person.medical_needed and (person.medical_valid_until is None or person.medical_valid_until < travel_on)
    ]


def medical_report(facts: ClockFacts) -> list[Start]:
    """A report was made and is valid for some days."""
    return _papers(facts, lambda person: person.medical_valid_until if person.medical_needed else None)


def airline_medical_form(facts: ClockFacts) -> list[Start]:
    """The airline's own form of somebody will be too old on the day of the journey."""
    travel_on = facts.case.travel_on
    if travel_on is None or facts.state not in PREPARED:
        return []
    return [Start(subject=ref) for ref, until in facts.medical_forms_until.items() if until < travel_on]


def travel_document(facts: ClockFacts) -> list[Start]:
    """The best paper of everybody who travels."""
    return _papers(facts, lambda person: person.document_valid_until)


def consent(facts: ClockFacts) -> list[Start]:
    """A live consent with a last day."""
    return _papers(facts, lambda person: facts.consents_until.get(person.person_ref))


def _papers(facts: ClockFacts, until: Callable[[PersonView], date | None]) -> list[Start]:
    if facts.state not in BEFORE_DEPARTURE:
        return []
    days = [(person.person_ref, until(person)) for person in facts.case.travelling]
    return [Start(subject=ref, due_on=day) for ref, day in days if day is not None]


def asked_back(facts: ClockFacts) -> list[Start]:
    """A recipient wants to know something, sees somebody, or offers an appointment."""
    asking = [request for request in facts.waiting if request.asked_back_on is not None]
    return [Start(subject=request.subject, on=request.asked_back_on) for request in asking]


def message_not_applied(facts: ClockFacts) -> list[Start]:
    """What an agency said had no effect, and nobody has looked at it; whatever became of the case."""
    return [Start(subject=message, on=came_on) for message, came_on in facts.messages_unseen.items()]


STARTS: Mapping[str, Starts] = {
    "message_not_applied": message_not_applied,
    "departure_period": departure_period,
    "departure_period_over": departure_period_over,
    "request_under_clause": request_under_clause,
    "request_without_clause": request_without_clause,
    "transfer_window": transfer_window,
    "asked_back": asked_back,
    "medical_clearance_needed": medical_clearance_needed,
    "medical_report": medical_report,
    "airline_medical_form": airline_medical_form,
    "partner_to_be_told": partner_to_be_told,
    "reconfirmation": reconfirmation,
    "travel_document": travel_document,
    "consent": consent,
    "in_draft": step(S.DRAFT, since=lambda facts: facts.opened_on),
    "in_screening": step(S.SUBMITTED, S.SCREENING, since=lambda facts: facts.submitted_on),
    "in_decision": step(S.ELIGIBLE),
    "funding_awaited": funding_awaited,
    "funding_refused": funding_refused,
    "funding_untold": funding_untold,
    "in_approved": in_approved,
    "in_preparation": step(S.PRE_DEPARTURE),
    "in_ready": in_ready,
    "advisory_unanswered": advisory_unanswered,
    "advisory_untold": advisory_untold,
    "in_departed": step(S.DEPARTED, since=lambda facts: facts.departed_on),
    "in_arrived": step(S.ARRIVED, since=lambda facts: facts.arrived_on),
    "in_handed_over": step(S.HANDED_OVER, since=lambda facts: facts.handed_over_on),
    "resting": while_it_is(S.SUSPENDED),
    "contested": step(S.UNDER_REVIEW),
    "in_return_failed": step(S.RETURN_FAILED, since=lambda facts: facts.case.ended_on),
}
"""By the name the dated tables use."""


def request_of(facts: ClockFacts, subject: str) -> RequestView | None:
    """The request a clock is about."""
    return next((request for request in facts.requests if request.subject == subject), None)


def _waiting_on_us(facts: ClockFacts, subject: str) -> bool:
    request = request_of(facts, subject)
    return request is not None and request.asked_back_on is not None


PAUSES: Mapping[str, Callable[[ClockFacts, str], bool]] = {
    "remedy_pending": lambda facts, _subject: facts.case.remedy_pending,
    "suspended": lambda facts, _subject: facts.suspended,
    "waiting_on_recipient": lambda facts, _subject: any(
        request.from_state and request.asked_back_on is None for request in facts.waiting
    ),
    "waiting_on_us": _waiting_on_us,
    "not_disclosed_now": lambda facts, _subject: facts.suspended or facts.case.frozen,
}
"""Why a clock rests, by the name the dated tables use."""
PAUSE_WORDS: Mapping[str, str] = {
    "remedy_pending": "a remedy with suspensive effect is pending",
    "suspended": "the case rests",
    "waiting_on_recipient": "an answer from outside is awaited",
    "waiting_on_us": "the recipient asked something back and waits for us",
    "not_disclosed_now": "nothing may be asked outside now",
}


def pause_reason(kind_pauses: tuple[str, ...], facts: ClockFacts, subject: str) -> str | None:
    """The first reason that holds."""
    return next((name for name in kind_pauses if PAUSES[name](facts, subject)), None)
