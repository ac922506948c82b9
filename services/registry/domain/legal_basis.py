"""Whether something may be told on a recorded legal basis: one holds, none has arrived yet, or none holds any more.

Source: domain-rules.md 2: every disclosure needs a recorded legal basis and the person's live consent; either missing,
no disclosure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Protocol, TypeVar
from uuid import UUID

WAITS_FOR_BASIS = timedelta(days=1)
"""How long something to be told waits for a basis that is not known here: events of a basis and of a case arrive in no
order. Afterwards it is withheld."""


class Known(Protocol):
    """What counts of a basis."""

    programme_id: UUID
    purpose: str
    only_case_id: UUID | None
    valid_from: date | None
    valid_to: date | None
    ended_on: date | None


class Standing(Enum):
    """What the known bases say."""

    LIVE = "live"
    UNKNOWN = "unknown"
    OVER = "over"


Basis = TypeVar("Basis", bound=Known)


def for_case(bases: Iterable[Basis], *, programme_id: UUID | None, case_id: UUID, purpose: str) -> list[Basis]:
    """Those of the case's programme, for this purpose, that are not for another case alone."""
    return [
        basis
        for basis in bases
        if basis.programme_id == programme_id and basis.purpose == purpose and basis.only_case_id in (None, case_id)
    ]


def live(basis: Known, today: date) -> bool:
    """Approved, begun, and neither over nor ended."""
    begun = basis.valid_from is not None and basis.valid_from <= today
    return begun and basis.ended_on is None and (basis.valid_to is None or basis.valid_to >= today)


def standing(bases: Iterable[Known], today: date) -> Standing:
    """Of the bases for a case and purpose."""
    found = list(bases)
    if any(live(basis, today) for basis in found):
        return Standing.LIVE
    return Standing.OVER if found else Standing.UNKNOWN
