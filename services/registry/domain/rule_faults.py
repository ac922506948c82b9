"""What a table of the right form can still get wrong: parts that contradict each other or point to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registry.domain.conditions import KINDS
from services.registry.domain.rule_reach import dead_parts
from services.registry.domain.rule_size import MOST_QUESTIONS, questions

DEEPEST = 16
LIMITED = {"fact": ("from", "below"), "persons": ("from", "below"), "choice": ("in",)}
CONDITIONS = ("when", "unless", "not")
TELLING = (
    *("asyl", "protect", "refugee", "dublin", "procedur", "stage", "reject", "refus", "appeal", "expel", "expuls"),
    *("camp", "centre", "center", "detention", "detain", "haft", "deport", "forced", "removal", "vulnerab", "need"),
    *("medic", "health", "illness", "disab", "pregnan", "traffick", "victim", "violence"),
)
"""Beginnings of words that would tell a reader of a bank file what nobody may know of a person. Source: the domain
rules of this project, finding 8; docs/programme-rules.md."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the path to it inside the table, and why; never a value of it."""

    where: str
    message: str


def depth_fault(content: Any) -> list[Fault]:
    """A table that is nested deeper than anybody could read."""
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [
            inner
            for part in level
            for inner in (part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ())
        ]
        if not level:
            return []
    return [Fault("table", f"is nested more than {DEEPEST} deep")]


def faults_of(table: Mapping[str, Any]) -> list[Fault]:
    """Every contradiction in a table of the right form."""
    found = [*_names(table)]
    for part in ("rules", "eligibility", "caps"):
        found += _conditions(table.get(part, []), part)
    for number, rule in enumerate(table["rules"]):
        found += [*_rule(rule, f"rules/{number}"), *_promised(rule, table, f"rules/{number}")]
    for part in ("eligibility", "caps", "offsets"):
        for number, entry in enumerate(table.get(part, ())):
            found += _codes(entry, table, f"{part}/{number}")
    for number, entry in enumerate(table.get("eligibility", ())):
        if (entry["effect"] == "limit") != bool(entry.get("codes")):
            found.append(Fault(f"eligibility/{number}/codes", "belongs to `limit`, and a limit needs it"))
    return found or [Fault(where, message) for where, message in dead_parts(table)]


def size_fault(table: Mapping[str, Any]) -> list[Fault]:
    """A table that asks more than could be answered while somebody waits."""
    asked = questions(table)
    return [Fault("table", f"asks {asked} questions about a large file, at most {MOST_QUESTIONS} are answered")] * (
        asked > MOST_QUESTIONS
    )


def _names(table: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for part in ("rules", "eligibility", "caps", "offsets"):
        for number, entry in enumerate(table.get(part, ())):
            if entry.get("id") in seen:
                yield Fault(f"{part}/{number}/id", "is used twice")
            seen |= {entry["id"]} if entry.get("id") else set()
    for where, who in _parts(table, "", ("who", "persons")):
        for word in ("group", "not_group"):
            if who.get(word) and who[word] not in table.get("groups", {}):
                yield Fault(f"{where}/{word}", "is not among the table's groups")


def _codes(entry: Mapping[str, Any], table: Mapping[str, Any], where: str) -> Iterator[Fault]:
    known = {rule["code"] for rule in table["rules"]}
    for number, code in enumerate(entry.get("codes") or ()):
        if code not in known:
            yield Fault(f"{where}/codes/{number}", "no rule has this code")


def _conditions(entries: list[Any], where: str) -> Iterator[Fault]:
    for place, condition in _parts(entries, where, CONDITIONS):
        yield from _condition(condition, place)
    for place, many in _parts(entries, where, ("all", "any")):
        for number, condition in enumerate(many):
            yield from _condition(condition, f"{place}/{number}")


def _condition(condition: Mapping[str, Any], where: str) -> Iterator[Fault]:
    kinds = [word for word in condition if word in KINDS]
    if len(kinds) != 1:
        yield Fault(where, f"needs exactly one of {', '.join(KINDS)}")
        return
    wanted = LIMITED.get(kinds[0], ())
    given = [word for word in condition if word not in KINDS]
    if any(word not in wanted for word in given) or (wanted and not given):
        yield Fault(where, f"{kinds[0]} takes {' or '.join(wanted) or 'nothing else'}")
    yield from _span(condition, where)


def _span(part: Mapping[str, Any], where: str) -> Iterator[Fault]:
    if "from" in part and "below" in part and part["from"] >= part["below"]:
        yield Fault(where, "`from` must be less than `below`")


def _rule(rule: Mapping[str, Any], where: str) -> Iterator[Fault]:
    if ("phase" in rule) == ("instalments" in rule):
        yield Fault(where, "needs either phase or instalments")
    shares = rule.get("instalments", ())
    if shares and sum(share["percent"] for share in shares) != 100:
        yield Fault(f"{where}/instalments", "the shares must add up to 100 percent")
    for number, share in enumerate(shares):
        due = share.get("due") or {}
        if due.get("until_months", 99) < due.get("after_months", 0):
            yield Fault(f"{where}/instalments/{number}/due", "ends before it begins")
    clauses = [("", rule)] + [
        (f"/{part}/{number}", clause)
        for part in ("tiers", "reductions", "floors")
        for number, clause in enumerate(rule.get(part, ()))
    ]
    if rule["per"] == "file":
        yield from (Fault(f"{where}{place}/who", "has no meaning per file") for place, it in clauses if "who" in it)
    elif "times" in rule:
        yield Fault(f"{where}/times", "has a meaning per file only")
    for number, reduction in enumerate(rule.get("reductions", ())):
        yield from _reduction(reduction, f"{where}/reductions/{number}")
    yield from _days(rule, where)
    yield from _neutral(rule, where)


def _neutral(rule: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """Ids and codes are in events, on assistance lines and in bank files."""
    for word in ("id", "code"):
        if any(part.startswith(TELLING) for part in re.split(r"[-_.]", rule[word])):
            yield Fault(f"{where}/{word}", "travels to others and must not tell of a procedure, a lodging or a person")


def _promised(rule: Mapping[str, Any], table: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """Rounding comes last; it must not take an amount below what the rule promises at least."""
    rounding = rule.get("rounding") or table.get("rounding") or {"to_minor": 1, "direction": "up"}
    unit = rounding["to_minor"]
    add = {"down": 0, "nearest": unit // 2, "up": unit - 1}[rounding["direction"]]
    least = {"minimum_minor": rule.get("minimum_minor", 0)}
    least |= {f"floors/{number}/amount_minor": it["amount_minor"] for number, it in enumerate(rule.get("floors", ()))}
    for place, amount in least.items():
        if (amount + add) // unit * unit < amount:
            yield Fault(f"{where}/{place}", "would be rounded down below what it promises")


def _reduction(reduction: Mapping[str, Any], where: str) -> Iterator[Fault]:
    if ("percent" in reduction) == ("minus_minor" in reduction):
        yield Fault(where, "needs either percent or minus_minor")
    limits = "from" in reduction or "below" in reduction
    if ("fact" in reduction) != limits:
        yield Fault(where, "a fact needs from or below, and the other way round")
    if ("fact" in reduction) == ("when" in reduction or "who" in reduction):
        yield Fault(where, "needs either a fact, or when and who")
    yield from _span(reduction, where)


def _days(rule: Mapping[str, Any], where: str) -> Iterator[Fault]:
    days = {name: rule[name] for name in ("valid_from", "valid_to") if name in rule}
    for name, day in days.items():
        try:
            date.fromisoformat(day)
        except ValueError:
            yield Fault(f"{where}/{name}", "is not a day of the calendar")
    if len(days) == 2 and days["valid_to"] < days["valid_from"]:
        yield Fault(f"{where}/valid_to", "is before valid_from")


def _parts(part: Any, where: str, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Everything below these names, with the path to it."""
    pairs = part.items() if isinstance(part, Mapping) else enumerate(part) if isinstance(part, list) else ()
    for name, inner in pairs:
        place = f"{where}/{name}" if where else str(name)
        if name in names and inner is not None:
            yield place, inner
        yield from _parts(inner, place, names)
