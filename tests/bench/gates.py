"""What is shown of each measurement, what it must reach, and what it should reach."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from tests.bench import case_creation, consuming, delivering, finding_duplicates, listing, relaying, visibility
from tests.bench.figures import Measured


@dataclass(frozen=True)
class Bound:
    """A figure, or its share of the bare one, on the right side of a limit."""

    limit: float
    at_least: bool = True
    of_bare: bool = False

    def kept_by(self, measured: Measured, figure: str) -> bool:
        """Whether the medians keep it."""
        value = measured.ratio(figure) if self.of_bare else measured.median("ours", figure)
        return value is not None and (value >= self.limit if self.at_least else value <= self.limit)

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:,g}{' of bare' if self.of_bare else ''}"


@dataclass(frozen=True)
class Line:
    """One line of the report."""

    name: str
    figure: str
    gate: Bound | None = None
    goal: Bound | None = None


RATE, MEDIAN, TAIL = "per second", "p50 ms", "p99 ms"
LINES = (
    Line(relaying.BURST, RATE, gate=Bound(5_000), goal=Bound(12_000)),
    Line(relaying.BEHIND, RATE, goal=Bound(12_000)),
    Line(relaying.DELAY, MEDIAN, goal=Bound(4, at_least=False)),
    Line(relaying.DELAY, TAIL),
    Line(consuming.NAME, RATE, gate=Bound(2_000), goal=Bound(5_000)),
    Line(case_creation.NAME, RATE, gate=Bound(0.35, of_bare=True), goal=Bound(0.5, of_bare=True)),
    Line(case_creation.NAME, MEDIAN),
    Line(case_creation.NAME, TAIL),
    Line(visibility.NAME, MEDIAN, gate=Bound(100, at_least=False)),
    Line(visibility.NAME, TAIL),
    Line(finding_duplicates.NAME, "precision shown", gate=Bound(0.75)),
    Line(finding_duplicates.NAME, "recall shown", gate=Bound(0.80)),
    Line(finding_duplicates.NAME, "precision likely", gate=Bound(0.95)),
    Line(finding_duplicates.NAME, "recall likely", gate=Bound(0.65)),
    *(
        Line(name, f"{measure} {told}")
        for name in (finding_duplicates.OTHER_SEED, finding_duplicates.HELD_OUT)
        for told in ("shown", "likely")
        for measure in ("precision", "recall")
    ),
    Line(finding_duplicates.NAME, "seconds", gate=Bound(180, at_least=False)),
    Line(delivering.NAME, RATE, gate=Bound(500)),
    Line(delivering.FAIR, MEDIAN),
    Line(delivering.FAIR, TAIL, gate=Bound(2, at_least=False, of_bare=True)),
    *(
        line
        for name in listing.NAMES
        for line in (Line(name, MEDIAN), Line(name, TAIL, gate=Bound(50, at_least=False)))
    ),
)


def missed_gates(found: Sequence[Measured]) -> list[str]:
    """Every gate that a measurement did not keep, by name."""
    return [
        f"{line.name}, {measured.engine}: {line.figure} must be {line.gate}, is {_reached(measured, line)}"
        for line in LINES
        for measured in found
        if measured.name == line.name and line.gate is not None and not line.gate.kept_by(measured, line.figure)
    ]


def table_of(found: Sequence[Measured]) -> Table:
    """Medians, in brackets the least and the greatest of the repetitions."""
    table = Table("measurement", "log", "figure", "ours", "bare", "ours/bare", "gate", "goal")
    for line in LINES:
        for measured in (entry for entry in found if entry.name == line.name):
            ratio = measured.ratio(line.figure)
            table.add_row(
                *(line.name, measured.engine, line.figure),
                *(_spread(measured.ours.get(line.figure)), _spread(measured.bare.get(line.figure))),
                "" if ratio is None else f"{ratio:.2f}",
                *(_verdict(bound, measured, line.figure) for bound in (line.gate, line.goal)),
            )
    return table


def _verdict(bound: Bound | None, measured: Measured, figure: str) -> str:
    if bound is None:
        return ""
    return f"{bound} {'[green]kept' if bound.kept_by(measured, figure) else '[red]missed'}[/]"


def _spread(values: Sequence[float] | None) -> str:
    if not values:
        return ""
    middle = statistics.median(values)
    return _short(middle) if len(values) == 1 else f"{_short(middle)} ({_short(min(values))}-{_short(max(values))})"


def _short(value: float) -> str:
    if value < 1:
        return f"{value:.3f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _reached(measured: Measured, line: Line) -> str:
    of_bare = line.gate is not None and line.gate.of_bare
    value = measured.ratio(line.figure) if of_bare else measured.median("ours", line.figure)
    return "not known" if value is None else f"{value:,.2f}"
