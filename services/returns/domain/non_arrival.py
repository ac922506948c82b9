"""The search for somebody who was not seen to arrive: rung by rung, and never by asking a state of origin.

Being arrested on arrival is the worst case and has nobody to object, so whom one asks is a closed list. Source:
domain-rules.md 16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.errors import Missing

Contact = Literal["person", "emergency_contact", "reintegration_partner", "carrier", "host_embassy"]
"""Everybody who may be asked. An authority of the country of origin is not on this list and cannot be added as data."""
Result = Literal["safe", "needs_help", "not_reached", "no_information", "not_available"]
Outcome = Literal[
    "arrived", "safe_elsewhere", "did_not_travel_on", "needs_help", "held", "not_found", "opened_by_mistake"
]
FOUND = ("safe", "needs_help")
NEEDS_A_TRACE = ("arrived", "safe_elsewhere", "did_not_travel_on", "needs_help", "held")


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, from the data: whom to ask, and how many hours after the planned arrival."""

    contact: str
    after_hours: int


@dataclass(frozen=True)
class Tried:
    """What was tried, and what came of it."""

    contact: str
    result: str


def missing_for_rung(ladder: Sequence[Rung], tried: Sequence[Tried], contact: str) -> list[Missing]:
    """Earlier rungs come first, even if only to record that there is no such contact."""
    names = [rung.contact for rung in ladder]
    if contact not in names:
        return [Missing("contact", "This contact is not on the ladder.")]
    asked = {step.contact for step in tried}
    earlier = [name for name in names[: names.index(contact)] if name not in asked]
    return [Missing("earlier-rung", f"Before this, ask the {name.replace('_', ' ')}.") for name in earlier]


def missing_for_outcome(ladder: Sequence[Rung], tried: Sequence[Tried], outcome: str) -> list[Missing]:
    """Somebody is found by whoever heard of them, and not found only after every rung."""
    if outcome == "not_found":
        asked = {step.contact for step in tried}
        left = [rung.contact for rung in ladder if rung.contact not in asked]
        return [Missing("rung", f"Ask the {name.replace('_', ' ')} first.") for name in left]
    if outcome in NEEDS_A_TRACE and not any(step.result in FOUND for step in tried):
        return [Missing("trace", "Record first who heard of the person.")]
    return []


def next_rung(ladder: Sequence[Rung], tried: Sequence[Tried]) -> Rung | None:
    """Whom to ask next; None once every rung was tried."""
    asked = {step.contact for step in tried}
    return next((rung for rung in ladder if rung.contact not in asked), None)
