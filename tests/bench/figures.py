"""What a measurement is: figures per repetition, ours beside the bare ones, and every raw sample."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

MILLISECONDS = 1000.0


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share of all samples does not exceed."""
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass
class Measured:
    """One measurement on one engine: figures by name, each once per repetition; `bare` is the same work without us."""

    name: str
    engine: str
    ours: dict[str, list[float]] = field(default_factory=dict)
    bare: dict[str, list[float]] = field(default_factory=dict)
    raw: dict[str, list[list[float]]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def rate(self, side: str, count: int, seconds: float) -> None:
        """One repetition's events per second."""
        self._side(side).setdefault("per second", []).append(count / seconds)

    def delays(self, side: str, seconds: Sequence[float]) -> None:
        """One repetition's delays: median, 99th percentile, and all of them."""
        values = [round(value * MILLISECONDS, 3) for value in seconds]
        self._side(side).setdefault("p50 ms", []).append(percentile(values, 0.5))
        self._side(side).setdefault("p99 ms", []).append(percentile(values, 0.99))
        self.raw.setdefault(f"{side} ms", []).append(values)

    def median(self, side: str, figure: str) -> float | None:
        """The median of the repetitions; None where there is nothing to compare with."""
        values = self._side(side).get(figure)
        return statistics.median(values) if values else None

    def ratio(self, figure: str) -> float | None:
        """Ours over bare, of the medians."""
        ours, bare = self.median("ours", figure), self.median("bare", figure)
        return ours / bare if ours is not None and bare else None

    def _side(self, side: str) -> dict[str, list[float]]:
        return self.ours if side == "ours" else self.bare


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    repeat: int
    events: int
    keys: int
    kept: int
    paced_seconds: float
    load_seconds: float
    visible_seconds: float
    cases: int
    list_requests: int


FULL = Size(
    repeat=3,
    events=20_000,
    keys=500,
    kept=100_000,
    paced_seconds=5.0,
    load_seconds=4.0,
    visible_seconds=10.0,
    cases=1_000_000,
    list_requests=1_000,
)
QUICK = Size(
    repeat=1,
    events=10_000,
    keys=500,
    kept=100_000,
    paced_seconds=3.0,
    load_seconds=3.0,
    visible_seconds=5.0,
    cases=100_000,
    list_requests=300,
)
PACE_PER_SECOND = 50


async def paced(seconds: float, do: Callable[[int], Awaitable[None]]) -> None:
    """Start something on a fixed schedule, whether or not the last one is done: waiting would hide delays."""
    started, tasks = time.monotonic(), []
    for number in range(int(seconds * PACE_PER_SECOND)):
        await asyncio.sleep(max(0.0, started + number / PACE_PER_SECOND - time.monotonic()))
        tasks.append(asyncio.ensure_future(do(number)))
    await asyncio.gather(*tasks)
