"""Whom a recipient may be told about: persons with a live consent for the purpose, and children by all their adults."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol


class Consent(Protocol):
    """What counts of a consent."""

    person_ref: str
    purposes: list[str]
    valid_until: date | None
    withdrawn: bool


class Member(Protocol):
    """What counts of a person of the case."""

    person_ref: str
    minor: bool
    own_consent: bool
    deceased: bool


def covered(
    consents: Iterable[Consent], members: Iterable[Member], *, purpose: str, today: date, waiting_too: bool = False
) -> frozenset[str]:
    """The persons who consent to be named for a purpose. Who is about to come of age is named by a consent of their own
    only; `waiting_too` counts them among the children as long as they cannot give one: nothing ends for them."""
    consenting = frozenset(
        consent.person_ref
        for consent in consents
        if not consent.withdrawn
        and purpose in consent.purposes
        and (consent.valid_until is None or consent.valid_until >= today)
    )
    known = [member for member in members if not member.deceased]
    adults = {member.person_ref for member in known if not member.minor}
    children = {member.person_ref for member in known if member.minor and (waiting_too or not member.own_consent)}
    return consenting | children if adults and adults <= consenting else consenting


def narrowed(facts: dict[str, Any], refs: list[str]) -> dict[str, Any]:
    """The facts of a payload with nobody in them but these persons."""
    shown = dict(facts)
    if "person_refs" in shown:
        shown["person_refs"] = refs
    if "party_size" in shown:
        shown["party_size"] = len(refs)
    return shown
