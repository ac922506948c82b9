"""Whom a partner may be shown: persons with a live consent that names it, and children when all their adults agree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

PURPOSE = "reintegration"
MINOR_BANDS = frozenset({"0-4", "5-13", "14-15", "16-17", "unknown"})
"""An unknown age counts as a child's, as everywhere in the house."""


class Consent(Protocol):
    """What counts of a consent."""

    person_ref: str
    purposes: list[str]
    valid_until: date | None
    withdrawn: bool


class Member(Protocol):
    """What counts of a person of the plan."""

    person_ref: str
    age_band: str
    deceased_on: date | None


def shared(consents: Iterable[Consent], members: Iterable[Member], *, today: date) -> frozenset[str]:
    """The references of those who may be shown; whoever died allows and forbids nothing any more."""
    consenting = {
        consent.person_ref
        for consent in consents
        if not consent.withdrawn
        and PURPOSE in consent.purposes
        and (consent.valid_until is None or consent.valid_until >= today)
    }
    living = [member for member in members if member.deceased_on is None]
    children = {member.person_ref for member in living if member.age_band in MINOR_BANDS}
    adults = {member.person_ref for member in living} - children
    allowed = consenting & (adults | children)
    return frozenset(allowed | children if adults and adults <= consenting else allowed)
