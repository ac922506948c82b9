"""How the state machines between two sides are written down: rows of a table that also say whose act a step is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.errors import Missing, TransitionRefused

ANYBODY = "anybody"
TIMER = "timer"
WHOSE: Mapping[str, str] = {
    "proposer": "Only the side that proposed it can do this.",
    "addressee": "Only the side that did not propose it can do this.",
    "owner": "Only the side that owes it can do this.",
    "counterpart": "Only the side to which it is owed can do this.",
    TIMER: "This happens by itself on its day.",
}


@dataclass(frozen=True)
class Step:
    """One step: from which states it may be taken, where it leads, and in which capacity."""

    sources: frozenset[str]
    target: str
    by: str = ANYBODY


Steps = Mapping[str, Step]


def step(sources: str, target: str, by: str = ANYBODY) -> Step:
    """A row of a table; sources are separated by blanks."""
    return Step(frozenset(sources.split()), target, by)


def open_steps(table: Steps, state: str, capacities: Collection[str]) -> list[str]:
    """The steps that somebody in these capacities can take now, by name."""
    return sorted(name for name, row in table.items() if state in row.sources and row.by in (ANYBODY, *capacities))


def another_person(actor: str, first: str | None) -> list[Missing]:
    """Four eyes: whoever drafted something, or asked for it, is not the one who decides."""
    return [Missing("another-person", "Somebody else has to decide this.")] if actor == first else []


def walk(
    table: Steps, name: str, state: str, *, capacities: Collection[str] = (), missing: Sequence[Missing] = ()
) -> str:
    """The state after a step; raises TransitionRefused with what is missing and what is open to the caller."""
    row = table[name]
    wrong_side = row.by not in (ANYBODY, *capacities)
    lacks = [*([Missing("side", WHOSE[row.by])] if wrong_side else []), *missing]
    if state not in row.sources:
        lacks.insert(0, Missing("status", f"It must be {' or '.join(sorted(row.sources))}."))
    if lacks:
        raise TransitionRefused(
            transition=name, state=state, missing=lacks, open_transitions=open_steps(table, state, capacities)
        )
    return row.target
