"""When a receiver is left alone for a while: a breaker per endpoint, as a table of states and outcomes.

Source of the figures: the circuit breaker of Convoy (open at 70 % failures over at least ten requests, 30 seconds until
a probe); the pause grows while probes go on failing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Breaker = Literal["closed", "open", "half_open"]
Signal = Literal["success", "failure", "too-many-failures"]

WINDOW = 20
"""How many of the newest attempts are looked at."""
FEWEST_ATTEMPTS = 10
FAILING_SHARE = 0.7
OPEN_SECONDS = (30, 60, 120, 300, 900)
"""How long nothing is sent, by how often in a row the breaker has opened."""

NEXT: Mapping[tuple[Breaker, Signal], Breaker] = {
    ("closed", "success"): "closed",
    ("closed", "failure"): "closed",
    ("closed", "too-many-failures"): "open",
    ("open", "success"): "open",  # an answer that was still under way when it opened decides nothing
    ("open", "failure"): "open",
    ("open", "too-many-failures"): "open",
    ("half_open", "success"): "closed",
    ("half_open", "failure"): "open",
    ("half_open", "too-many-failures"): "open",
}


@dataclass(frozen=True)
class Position:
    """Where a breaker stands: its state and how often in a row it has opened."""

    state: Breaker
    opens: int


def signal_of(newest: Sequence[bool]) -> Signal:
    """What the newest attempts say, newest first; True is a success."""
    looked_at = newest[:WINDOW]
    failures = sum(not success for success in looked_at)
    if len(looked_at) >= FEWEST_ATTEMPTS and failures >= FAILING_SHARE * len(looked_at):
        return "too-many-failures"
    return "success" if looked_at and looked_at[0] else "failure"


def after(position: Position, signal: Signal) -> Position:
    """The position after a signal."""
    state = NEXT[position.state, signal]
    if state == "closed":
        return Position(state, 0)
    return Position(state, position.opens + 1) if position.state != "open" else position


def pause_seconds(position: Position) -> int:
    """How long an opened breaker waits for its probe."""
    return OPEN_SECONDS[min(position.opens, len(OPEN_SECONDS)) - 1]
