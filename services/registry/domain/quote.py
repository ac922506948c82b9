"""The quote engine: a rule table, the persons and the circumstances make lines, each with its arithmetic.

Tables are data (services never hold an amount). Money is integer minor units; percentages round down. The order in
which persons are given never matters. The shapes are those that the published programmes of several host countries use;
see docs/programme-rules.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.registry.domain.caps import Adjustment, Limits
from services.registry.domain.conditions import Scene, Verdict, concerns, holds
from services.registry.domain.eligibility import NOT_ELIGIBLE, OPEN, Eligibility, judge
from services.registry.domain.entitlement_facts import Circumstances, QuotedPerson, in_order
from services.registry.domain.line_arithmetic import QuoteLine, lines_of


@dataclass(frozen=True)
class Calculation:
    """What comes out: eligibility, lines, what limits did, and which facts nobody has recorded."""

    eligibility: Eligibility
    lines: tuple[QuoteLine, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def total_minor(self) -> int:
        """The sum of the lines, in minor units."""
        return sum(line.amount_minor for line in self.lines)


def calculate(table: Mapping[str, Any], persons: Sequence[QuotedPerson], circumstances: Circumstances) -> Calculation:
    """Everything a checked table says about these persons; never negative, caps kept. While a fact is missing on which
    an amount hangs the answer is open, so that nobody takes the lines for the last word."""
    ordered = in_order(persons)
    eligibility = judge(table, ordered, circumstances)
    if eligibility.outcome == NOT_ELIGIBLE:
        return Calculation(eligibility, unknown=tuple(sorted(eligibility.missing)))
    entitled = [person for person in ordered if person.person_ref not in eligibility.excluded]
    whole = Scene(table, entitled, circumstances, unknown=set(eligibility.missing))
    lines: list[QuoteLine] = []
    for rule in table["rules"]:
        scene = Scene(table, entitled, circumstances, rule.get("reference", "application"), whole.unknown)
        lines += [line for line in _lines(rule, scene) if eligibility.admits(line.person_ref, line.code)]
    limits = Limits(lines, whole)
    limits.keep_all()
    kept = tuple(line for line in limits.lines if line.amount_minor > 0)
    if whole.unknown:
        eligibility = replace(eligibility, outcome=OPEN)
    return Calculation(eligibility, kept, tuple(limits.adjustments), tuple(sorted(whole.unknown)))


def _lines(rule: Mapping[str, Any], scene: Scene) -> Iterable[QuoteLine]:
    if not _in_time(rule, scene) or not _sure(holds(rule.get("when"), scene), scene):
        return
    if rule["per"] == "file":
        yield from lines_of(rule, None, scene)
        return
    for person in scene.persons:
        if _sure(concerns(rule.get("who"), person, scene), scene):
            yield from lines_of(rule, person, scene)


def _sure(verdict: Verdict, scene: Scene) -> bool:
    """Only what is known to hold counts; what is not recorded is noted."""
    scene.unknown.update(verdict.unknown if verdict.holds is None else ())
    return bool(verdict.holds)


def _in_time(rule: Mapping[str, Any], scene: Scene) -> bool:
    """A rule with days of its own holds only when its reference day lies between them."""
    first, last = rule.get("valid_from"), rule.get("valid_to")
    if first is None and last is None:
        return True
    if scene.on is None:
        scene.unknown.add(f"day of {scene.reference}")
        return False
    return (first or "") <= scene.on.isoformat() <= (last or "9999")
