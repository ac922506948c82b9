"""What can never happen in a rule table: a part whose conditions contradict each other, or that is never reached.

It says so only where it is certain: a part that some family could meet is never named. Alternatives (`any`) inside
alternatives are taken as possible.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.registry.domain.entitlement_facts import ADULT_AGE_YEARS, MOST_PERSONS

NEVER = "can never apply: its conditions contradict each other"
HIDDEN = "is never reached: one before it holds whenever this does"
WITHOUT_EFFECT = "changes nothing"
NO_END = 10**9


@dataclass
class Bounds:
    """What a family must look like for all conditions so far; `possible` is false once none can."""

    possible: bool = True
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    left: dict[str, frozenset[str]] = field(default_factory=dict)
    without: dict[str, frozenset[str]] = field(default_factory=dict)

    def span(self, name: str, low: int, below: int, *, least: int = 0, end: int = NO_END) -> None:
        """A number is at least `low` and less than `below`."""
        had_low, had_below = self.spans.get(name, (least, end))
        self.spans[name] = now = (max(low, had_low), min(below, had_below))
        self.possible &= now[0] < now[1]

    def is_(self, name: str, value: Any) -> None:
        """Something is one thing and nothing else."""
        self.possible &= self.said.setdefault(name, value) == value

    def among(self, name: str, values: Iterable[str], *, wanted: bool) -> None:
        """A word is one of these, or none of them."""
        if wanted:
            self.left[name] = frozenset(values) & self.left.get(name, frozenset(values))
        else:
            self.without[name] = self.without.get(name, frozenset()) | frozenset(values)
        if name in self.left:
            self.possible &= bool(self.left[name] - self.without.get(name, frozenset()))


def dead_parts(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The path to each part that never does anything, and why."""
    for number, rule in enumerate(table["rules"]):
        yield from _rule(rule, f"rules/{number}")
    for part in ("eligibility", "caps"):
        for number, entry in enumerate(table.get(part, ())):
            if not _possible(entry):
                yield f"{part}/{number}", NEVER
    for number, offset in enumerate(table.get("offsets", ())):
        if offset.get("percent") == 0:
            yield f"offsets/{number}", WITHOUT_EFFECT


def _rule(rule: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    if not _possible(rule):
        yield where, NEVER
        return
    paid = [it["amount_minor"] for it in (rule, *rule.get("tiers", ()))] if _counted_once(rule) else []
    raised = [rule.get("minimum_minor", 0), *(floor["amount_minor"] for floor in rule.get("floors", ()))]
    if not any((*paid, *raised)):
        yield where, "pays nothing to anybody"
    yield from _tiers(rule, where)
    for part in ("reductions", "floors"):
        for number, clause in enumerate(rule.get(part, ())):
            if not _possible(rule, clause):
                yield f"{where}/{part}/{number}", NEVER
            elif clause.get("percent") == 100 or clause.get("minus_minor") == 0:
                yield f"{where}/{part}/{number}", WITHOUT_EFFECT


def _counted_once(rule: Mapping[str, Any]) -> bool:
    return bool(rule.get("times", {}).get("at_most", 1))


def _tiers(rule: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    earlier: list[Mapping[str, Any]] = []
    for number, tier in enumerate(rule.get("tiers", ())):
        clause = {name: tier[name] for name in ("who", "when") if name in tier}
        if not _possible(rule, tier):
            yield f"{where}/tiers/{number}", NEVER
        elif any(before in ({}, clause) for before in earlier):
            yield f"{where}/tiers/{number}", HIDDEN
        earlier.append(clause)


def _possible(*clauses: Mapping[str, Any]) -> bool:
    """Whether some family can meet all of these at once."""
    bounds, alternatives = Bounds(), []
    for clause in clauses:
        _persons(clause.get("who", {}), bounds)
        short = {name: clause[name] for name in ("fact", "from", "below") if name in clause}
        for condition in (clause.get("when"), short or None):
            alternatives += _met(condition, bounds) if condition else []
        if "unless" in clause:
            alternatives += _met({"not": clause["unless"]}, bounds)
    if not bounds.possible:
        return False
    return all(any(_fits(choice, bounds) for choice in choices) for choices in alternatives)


def _fits(choice: Mapping[str, Any], bounds: Bounds) -> bool:
    trial = Bounds(True, dict(bounds.spans), dict(bounds.said), dict(bounds.left), dict(bounds.without))
    _met(choice, trial)
    return trial.possible


def _met(condition: Mapping[str, Any], bounds: Bounds, *, wanted: bool = True) -> list[list[Mapping[str, Any]]]:
    """Narrow the bounds to what meets (or does not meet) a condition; what is one of several is handed back."""
    if "not" in condition:
        return _met(condition["not"], bounds, wanted=not wanted)
    if "all" in condition or "any" in condition:
        inner = condition.get("all", condition.get("any"))
        if ("all" in condition) == wanted or len(inner) == 1:
            return [choices for each in inner for choices in _met(each, bounds, wanted=wanted)]
        return [[each if wanted else {"not": each} for each in inner]]
    kind = next(iter(condition.keys() & SIMPLE.keys()), None)
    if kind is not None:
        SIMPLE[kind](condition, bounds, wanted)
    return []


def _number(name: str, condition: Mapping[str, Any], bounds: Bounds, wanted: bool, least: int, end: int) -> None:
    low, below = condition.get("from", least), condition.get("below", end)
    if wanted:
        bounds.span(name, low, below, least=least, end=end)
    elif low <= least:
        bounds.span(name, below, end, least=least, end=end)
    elif below >= end:
        bounds.span(name, least, low, least=least, end=end)


def _counted(condition: Mapping[str, Any], bounds: Bounds, wanted: bool) -> None:
    who = condition["persons"]
    single = Bounds()
    _persons(who, single)
    least, most = (0 if who else 1), (MOST_PERSONS if single.possible else 0)
    _number(f"persons {json.dumps(who, sort_keys=True)}", condition, bounds, wanted, least, most + 1)


def _persons(who: Mapping[str, Any], bounds: Bounds) -> None:
    for word in ("role", "added_after_decision", "age"):
        if word in who:
            bounds.is_(f"who {word}", who[word])
    bounds.span("age", who.get("from_age_years", 0), who.get("below_age_years", NO_END))
    if who.get("age") == "adult":  # a minor may be of any age: a disputed one stays a minor until it is decided
        bounds.span("age", ADULT_AGE_YEARS, NO_END)
    for word, belongs in (("group", True), ("not_group", False)):
        if word in who:
            bounds.is_(f"group {who[word]}", belongs)


SIMPLE: Mapping[str, Any] = {
    "need": lambda it, bounds, wanted: bounds.is_(f"need {it['need']}", wanted),
    "programme": lambda it, bounds, wanted: bounds.is_(f"programme {it['programme']}", wanted),
    "choice": lambda it, bounds, wanted: bounds.among(f"choice {it['choice']}", it["in"], wanted=wanted),
    "destination": lambda it, bounds, wanted: bounds.among("destination", it["destination"], wanted=wanted),
    "fact": lambda it, bounds, wanted: _number(f"fact {it['fact']}", it, bounds, wanted, 0, NO_END),
    "persons": _counted,
}
"""Conditions that say one thing about the circumstances."""
