"""What a person needs on the way beside a travel document: medical clearances and escorts, and how long they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.errors import Missing, TransitionRefused

ClearanceKind = Literal["fit_to_fly", "medif", "medical_report", "pregnancy"]
Outcome = Literal["fit", "fit_with_conditions", "unfit"]
IssuedBy = Literal["treating_physician", "independent_physician", "authority_physician", "carrier_medical_service"]
EscortKind = Literal["operational", "medical", "social"]
Qualification = Literal["physician", "nurse", "paramedic", "social_worker", "guardian", "escort_officer"]
Receiver = Literal["family", "carer", "child_protection", "health_facility", "reintegration_partner", "nobody_needed"]
EscortStep = Literal["confirm", "hand_over", "cancel"]

ESCORT_STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "confirm": (("requested",), "confirmed"),
    "hand_over": (("confirmed",), "handed_over"),
    "cancel": (("requested", "confirmed"), "cancelled"),
}
"""Each step of an escort: from which states, and where to."""


@dataclass(frozen=True)
class Cleared:
    """One clearance as the rules see it."""

    kind: str
    outcome: str
    valid_until: date


def holds_until(kind: str, issued_on: date, days: Mapping[str, int], stated: date | None) -> date:
    """The last day: what the paper states, but never later than the period for its kind, in days, allows."""
    latest = issued_on + timedelta(days=days[kind])
    return min(stated, latest) if stated else latest


def flies_until(expected_on: date, days_before: int) -> date:
    """The last day on which a pregnant person flies."""
    return expected_on - timedelta(days=days_before)


def flies_from(born_on: date, days_after: int) -> date:
    """The first day on which a newborn, or its mother, flies."""
    return born_on + timedelta(days=days_after)


def cleared_until(clearances: Iterable[Cleared]) -> date | None:
    """The day on which the first of the newest clearances of each kind ends; None when there is none, or the newest
    one of a kind says unfit. Given oldest first."""
    newest = {clearance.kind: clearance for clearance in clearances}
    if not newest or any(clearance.outcome == "unfit" for clearance in newest.values()):
        return None
    return min(clearance.valid_until for clearance in newest.values())


def escort_after(status: str, step: str) -> str:
    """The status after a step; raises TransitionRefused."""
    sources, target = ESCORT_STEPS[step]
    if status not in sources:
        told = Missing("state", f"This step starts when the escort is {' or '.join(sources)}; it is {status}.")
        possible = [name for name, (states, _) in ESCORT_STEPS.items() if status in states]
        raise TransitionRefused(transition=step, state=status, missing=[told], open_transitions=possible)
    return target
