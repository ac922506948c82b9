"""What a family gets at most: help from other programmes that counts, and caps of the file or of each person.

A cut starts at the last line and goes backwards; the order of lines is fixed by the table and the persons' places,
never by the order in which somebody typed them. What the same family was granted in another file counts, so that
splitting a file neither wins nor loses anything under a cap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.registry.domain.conditions import Scene, holds
from services.registry.domain.entitlement_facts import in_words
from services.registry.domain.line_arithmetic import QuoteLine, Step


@dataclass(frozen=True)
class Adjustment:
    """A cap, or help from another programme: what was due before, the limit, what was cut."""

    rule: str
    text: str
    codes: tuple[str, ...]
    before_minor: int
    limit_minor: int
    cut_minor: int
    person_ref: str | None = None
    source: str | None = None


class Limits:
    """The lines on their way through the limits of a table, and what each limit did."""

    def __init__(self, lines: Sequence[QuoteLine], scene: Scene) -> None:
        self.lines, self.scene = list(lines), scene
        self.currency: str = scene.table["currency"]
        self.adjustments: list[Adjustment] = []

    def keep_all(self) -> None:
        """First what other programmes give, then the caps, each in the table's order."""
        for number, offset in enumerate(self.scene.table.get("offsets", ())):
            self._offset({"id": f"offset-{number + 1}", **offset})
        for number, cap in enumerate(self.scene.table.get("caps", ())):
            found = holds(cap.get("when"), replace(self.scene, reference=cap.get("reference", "application")))
            self.scene.unknown.update(found.unknown if found.holds is None else ())
            if found.holds:
                self._cap({"id": f"cap-{number + 1}", **cap})

    def _offset(self, offset: Mapping[str, Any]) -> None:
        """Reduce by what another programme gives; amounts in another currency are never converted here."""
        counted = [line for line in self.lines if line.code in offset["codes"]]
        theirs = [given for given in self.scene.circumstances.granted if given.programme == offset["programme"]]
        if not counted or not theirs:
            return
        if any(given.currency != self.currency for given in theirs):
            self.scene.unknown.add(f"amount of {offset['programme']} in {self.currency}")
        given, percent = (
            sum(it.amount_minor for it in theirs if it.currency == self.currency),
            offset.get("percent", 100),
        )
        if not given:
            return
        less, rest = divmod(given * percent, 100)
        due = sum(line.amount_minor for line in counted)
        rounded = f", rounded down to {self._say(less)}," if rest else ""
        text = f"less {percent} % of {self._say(given)}{rounded} granted by {offset['programme']}"
        self._cut_to(max(due - less, 0), counted, text, offset)

    def _cap(self, cap: Mapping[str, Any]) -> None:
        outside = self.scene.table.get("late_persons", {}).get("cap") == "outside"
        counted = [line for line in self.lines if line.code in cap["codes"] and not (outside and line.late)]
        if cap.get("per") == "person":
            for ref in dict.fromkeys(line.person_ref for line in counted):
                own = [line for line in counted if line.person_ref == ref]
                self._cut_to(cap["amount_minor"], own, f"cap per person of {self._say(cap['amount_minor'])}", cap)
        elif counted:
            used = self._used_elsewhere(cap)
            text = f"cap of the file of {self._say(cap['amount_minor'])}"
            text += f", of which {self._say(used)} is used in another file" if used else ""
            self._cut_to(max(cap["amount_minor"] - used, 0), counted, text, cap)

    def _used_elsewhere(self, cap: Mapping[str, Any]) -> int:
        """What another file of the family has of these kinds; what cannot be counted is named, never left out."""
        theirs = [given for given in self.scene.circumstances.granted if given.programme is None]
        if any(given.code is None for given in theirs):
            self.scene.unknown.add("kind of help in another file")
        same = [given for given in theirs if given.code in cap["codes"]]
        if any(given.currency != self.currency for given in same):
            self.scene.unknown.add(f"amount of another file in {self.currency}")
        return sum(given.amount_minor for given in same if given.currency == self.currency)

    def _cut_to(self, limit: int, counted: Sequence[QuoteLine], text: str, entry: Mapping[str, Any]) -> None:
        before = sum(line.amount_minor for line in counted)
        over = left = max(before - limit, 0)
        concerned = {id(line) for line in counted}
        kept: list[QuoteLine] = []
        for line in reversed(self.lines):
            cut = min(left, line.amount_minor) if id(line) in concerned else 0
            left -= cut
            kept.append(self._cut(line, cut, text) if cut else line)
        self.lines = kept[::-1]
        self.adjustments.append(
            Adjustment(
                rule=entry["id"],
                text=f"{text}: {self._say(before)} due, {self._outcome(over, before, limit)}",
                codes=tuple(entry["codes"]),
                before_minor=before,
                limit_minor=limit,
                cut_minor=over,
                person_ref=counted[0].person_ref if entry.get("per") == "person" else None,
                source=entry.get("source"),
            )
        )

    def _outcome(self, over: int, before: int, limit: int) -> str:
        if over:
            return f"cut by {self._say(over)} to {self._say(before - over)}"
        return "reached exactly, nothing is cut" if before == limit else "nothing is cut"

    def _cut(self, line: QuoteLine, by: int, text: str) -> QuoteLine:
        left = line.amount_minor - by
        words = f"{self._say(line.amount_minor)} - {self._say(by)} = {self._say(left)}: {text}"
        return replace(line, amount_minor=left, steps=(*line.steps, Step(words, left)))

    def _say(self, amount: int) -> str:
        return in_words(amount, self.currency)
