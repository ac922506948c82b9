"""What a tried rule version says about an earlier quote, beside what was quoted then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.registry.domain.eligibility import NOT_ELIGIBLE
from services.registry.domain.entitlement_facts import circumstances_of, person_of
from services.registry.domain.quote import calculate


@dataclass(frozen=True)
class Outcome:
    """Amounts in minor units; eligibility as it was quoted (None: before that was recorded) and as it would be."""

    before_minor: int
    after_minor: int
    eligibility_before: str | None
    eligibility_after: str
    codes: tuple[Mapping[str, Any], ...]
    unknown: tuple[str, ...]

    @property
    def newly_ineligible(self) -> bool:
        """Was helped, would not be."""
        return self.eligibility_after == NOT_ELIGIBLE and self.eligibility_before != NOT_ELIGIBLE

    @property
    def newly_eligible(self) -> bool:
        """Was not helped, would be."""
        return self.eligibility_before == NOT_ELIGIBLE and self.eligibility_after != NOT_ELIGIBLE

    @property
    def differs(self) -> bool:
        """Another amount of some kind of assistance, or in another phase, or another answer about eligibility."""
        return bool(self.codes) or self.newly_ineligible or self.newly_eligible


def tried(
    table: Mapping[str, Any],
    *,
    composition: Sequence[Mapping[str, Any]],
    circumstances: Mapping[str, Any] | None,
    lines: Sequence[Mapping[str, Any]],
    eligibility: Mapping[str, Any] | None,
) -> Outcome:
    """The same persons and circumstances under another table."""
    found = calculate(table, [person_of(person) for person in composition], circumstances_of(circumstances or {}))
    before = _sums(((line["code"], line["phase"]), line["amount_minor"]) for line in lines)
    after = _sums(((line.code, line.phase), line.amount_minor) for line in found.lines)
    return Outcome(
        before_minor=sum(before.values()),
        after_minor=sum(after.values()),
        eligibility_before=(eligibility or {}).get("outcome"),
        eligibility_after=found.eligibility.outcome,
        codes=tuple(
            {"code": kind[0], "phase": kind[1], "before_minor": before.get(kind, 0), "after_minor": after.get(kind, 0)}
            for kind in sorted({*before, *after})
            if before.get(kind, 0) != after.get(kind, 0)
        ),
        unknown=found.unknown,
    )


def _sums(amounts: Iterable[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    """By kind and phase: whoever gets the same later than before is concerned too."""
    sums: dict[tuple[str, str], int] = {}
    for kind, amount in amounts:
        sums[kind] = sums.get(kind, 0) + amount
    return sums
