"""Who may change a programme and its rules: those who run it, and whoever sets it up until it helps somebody."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Programme(Protocol):
    """What must be known of it."""

    @property
    def id(self) -> UUID:
        """Its id, as tokens name it."""
        ...


class Actor(Protocol):
    """What must be known of the caller."""

    @property
    def programmes(self) -> frozenset[str]:
        """Programmes the caller runs."""
        ...

    def has(self, role: str) -> bool:
        """Whether this role was given."""
        ...


def may_run(actor: Actor, programme: Programme) -> bool:
    """Once its rules hold for people, a programme is changed by the administration or by managers who run it."""
    return actor.has("administrator") or str(programme.id) in actor.programmes


def may_see_cases_of(actor: Actor, programme: Programme) -> bool:
    """Which cases would get more or less is for who runs the programme, and for auditors."""
    runs = actor.has("programme_manager") and str(programme.id) in actor.programmes
    return runs or actor.has("auditor")
