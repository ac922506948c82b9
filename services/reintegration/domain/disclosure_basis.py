"""Whether a legal basis holds on which an organisation may be shown people who consent.

Source: domain-rules.md 2: every disclosure needs a recorded legal basis and the person's live consent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID


class Basis(Protocol):
    """What counts of a basis; its first day is unknown while only its end has arrived."""

    only_case_id: UUID | None
    valid_from: date | None
    valid_to: date | None
    ended_on: date | None


def holds(bases: Iterable[Basis], *, case_id: UUID, today: date) -> bool:
    """Whether one of them is in force for this case."""
    return any(
        basis.only_case_id in (None, case_id)
        and basis.ended_on is None
        and basis.valid_from is not None
        and basis.valid_from <= today
        and (basis.valid_to is None or basis.valid_to >= today)
        for basis in bases
    )
