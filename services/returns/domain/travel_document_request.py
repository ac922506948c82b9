"""The course of a request for a travel document, per person: a table of steps, and where the steps taken so far lead.

Sources: domain.md 2 (travel document request as a sub-process), domain-rules.md 12 (silence that counts as agreement is
confirmed by an officer and is never a travel document), domain-rules.md 26 (not a national is an answer of its
own) and 35/38 (a passport handed in ends the request by the neutral stop).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.errors import Missing, TransitionRefused


class RequestState(StrEnum):
    """Where a request stands."""

    PREPARED = "PREPARED"
    REQUESTED = "REQUESTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    APPOINTMENT_OFFERED = "APPOINTMENT_OFFERED"
    IDENTITY_CONFIRMED = "IDENTITY_CONFIRMED"
    NOT_CONFIRMED = "NOT_CONFIRMED"
    NOT_NATIONAL = "NOT_NATIONAL"
    DEEMED_AGREED = "DEEMED_AGREED"
    ISSUED = "ISSUED"
    REFUSED = "REFUSED"
    HANDED_OVER = "HANDED_OVER"
    RE_REQUESTED = "RE_REQUESTED"
    GIVEN_BACK = "GIVEN_BACK"
    CANCELLED = "CANCELLED"


S = RequestState
AWAITING = (S.REQUESTED, S.ACKNOWLEDGED, S.APPOINTMENT_OFFERED, S.IDENTITY_CONFIRMED)
"""The consulate was told and has the next word."""
STILL_ANSWERED = (*AWAITING, S.DEEMED_AGREED)
"""What the consulate says itself counts, also after its silence was taken for agreement."""
OPEN = (S.PREPARED, *STILL_ANSWERED)
"""Nothing has been answered for good."""
AGREED = (S.IDENTITY_CONFIRMED, S.DEEMED_AGREED, S.ISSUED, S.HANDED_OVER)
"""The other side agrees that the person travels, by its word or by its silence."""
ANSWERED_WITHOUT_PAPER = (S.NOT_CONFIRMED, S.NOT_NATIONAL, S.REFUSED)


@dataclass(frozen=True)
class Step:
    """One row: from where, to where (None: it stays), in words, and the column that keeps its day."""

    sources: tuple[RequestState, ...]
    target: RequestState | None
    label: str
    day: str | None = None


STEPS: Mapping[str, Step] = {
    "send": Step((S.PREPARED,), S.REQUESTED, "the request is sent", "requested_on"),
    "acknowledge": Step((S.REQUESTED,), S.ACKNOWLEDGED, "the consulate has it", "acknowledged_on"),
    "ask_information": Step(AWAITING, None, "the consulate asks for more", "information_asked_on"),
    "offer_appointment": Step(AWAITING, S.APPOINTMENT_OFFERED, "an interview or appointment is offered", "offered_on"),
    "confirm_identity": Step(
        (S.REQUESTED, S.ACKNOWLEDGED, S.APPOINTMENT_OFFERED),
        S.IDENTITY_CONFIRMED,
        "the identity is confirmed",
        "identity_confirmed_on",
    ),
    "not_confirm": Step(STILL_ANSWERED, S.NOT_CONFIRMED, "the identity is not confirmed", "answered_on"),
    "not_national": Step(STILL_ANSWERED, S.NOT_NATIONAL, "the person is not a national", "answered_on"),
    "deem_agreed": Step(AWAITING, S.DEEMED_AGREED, "an officer confirms that silence counts as agreement", "deemed_on"),
    "announce_itinerary": Step((S.DEEMED_AGREED,), None, "the journey is announced to the consulate", "announced_on"),
    "issue": Step(STILL_ANSWERED, S.ISSUED, "the document is issued", "answered_on"),
    "refuse": Step(STILL_ANSWERED, S.REFUSED, "the document is refused", "answered_on"),
    "hand_over": Step((S.ISSUED,), S.HANDED_OVER, "the document is handed over", "handed_over_on"),
    "re_request": Step((S.REFUSED, S.NOT_CONFIRMED), S.RE_REQUESTED, "it is requested again", "ended_on"),
    "give_back": Step((S.ISSUED, S.HANDED_OVER), S.GIVEN_BACK, "the unused document is given back", "ended_on"),
    "cancel": Step(OPEN, S.CANCELLED, "the request is withdrawn", "ended_on"),
}
DAYS = tuple(sorted({step.day for step in STEPS.values() if step.day}))

MESSAGES: Mapping[str, str] = {
    "request.acknowledged": "acknowledge",
    "information.requested": "ask_information",
    "interview.required": "offer_appointment",
    "appointment.offered": "offer_appointment",
    "identity.confirmed": "confirm_identity",
    "identity.not-confirmed": "not_confirm",
    "identity.not-national": "not_national",
    "travel-document.ready": "issue",
    "travel-document.handed-over": "hand_over",
    "travel-document.refused": "refuse",
}
"""Which step an agency's message means."""
ANSWERS: Mapping[str, str] = {
    "identity_confirmed": "confirm_identity",
    "identity_not_confirmed": "not_confirm",
    "not_national": "not_national",
    "document_issued": "issue",
    "document_refused": "refuse",
}
"""Which step the answer to a package means."""


@dataclass(frozen=True)
class Taken:
    """A step that was taken, and its day."""

    name: str
    on: date


@dataclass(frozen=True)
class Course:
    """Where the steps lead, the day of each kind of step, and which of them still rest on something."""

    state: RequestState
    days: Mapping[str, date]
    stands: tuple[bool, ...]


def course(steps: Sequence[Taken]) -> Course:
    """Walk the steps in order; one that nothing leads to any more (what it rested on was taken back) is left out."""
    state, days, stands = S.PREPARED, dict[str, date](), list[bool]()
    for taken in steps:
        step = STEPS[taken.name]
        holds = state in step.sources
        stands.append(holds)
        if holds:
            state = step.target or state
            if step.day:
                days[step.day] = taken.on
    return Course(state, days, tuple(stands))


def allows(state: str, name: str) -> bool:
    """Whether a step starts here."""
    return state in STEPS[name].sources


def open_steps(state: str) -> list[str]:
    """The steps that start here."""
    return [name for name, step in STEPS.items() if state in step.sources]


def require_step(state: str, name: str, missing: Sequence[Missing] = ()) -> None:
    """Raise TransitionRefused unless the step starts here and nothing is missing."""
    step = STEPS[name]
    if allows(state, name) and not missing:
        return
    sources = ", ".join(source.value for source in step.sources)
    wrong_state = Missing("state", f"This step starts in {sources}; the request is in {state}.")
    raise TransitionRefused(
        transition=step.label,
        state=state,
        missing=[*missing] or [wrong_state],
        open_transitions=open_steps(state),
    )
