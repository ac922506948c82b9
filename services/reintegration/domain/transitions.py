"""How every state machine here is written down: rows of a table, and one function that walks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.errors import Missing, TransitionRefused


@dataclass(frozen=True)
class Transition:
    """One step: from which states it may be taken and where it leads (None: it stays where it is)."""

    sources: frozenset[str]
    target: str | None


Table = Mapping[str, Transition]


def open_from(table: Table, state: str) -> list[str]:
    """The steps that a state allows, by name."""
    return sorted(name for name, transition in table.items() if state in transition.sources)


def walk(table: Table, name: str, state: str, missing: Sequence[Missing] = ()) -> str:
    """The state after a step; raises TransitionRefused with what is missing and what is open."""
    transition = table[name]
    if state not in transition.sources or missing:
        raise TransitionRefused(transition=name, state=state, missing=missing, open_transitions=open_from(table, state))
    return transition.target or state
