"""When nothing more about a case leaves for a purpose: it is over, or closed and no running plan needs it."""

from __future__ import annotations

from typing import Protocol

REINTEGRATION = "reintegration"
AFTER_RETURN = (REINTEGRATION, "employment")
"""The purposes that can go on after the return: the help the partner and the providers give under a running plan."""


class Case(Protocol):
    """How far a case is."""

    over: bool
    closed: bool
    plan_running: bool


def rests(case: Case, purpose: str) -> bool:
    """Whether nothing is told for this purpose now."""
    return case.over or (case.closed and not (case.plan_running and purpose in AFTER_RETURN))
