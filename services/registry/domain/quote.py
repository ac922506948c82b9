"""The quote engine: a rule table and a composition make lines, each with its arithmetic.

Tables are data (services never hold an amount). Money is integer minor units; percentages round down. The shapes
are those that the published programmes of several host countries use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

ADULT_AGE_YEARS = 18


class RuleTableInvalid(ValueError):
    """The table is not one this engine can read; the message names the rule."""


@dataclass(frozen=True)
class QuotedPerson:
    """A person as the rules need to know them."""

    person_ref: str
    relation: str
    minor: bool
    age_years: int | None = None

    @property
    def principal(self) -> bool:
        """Leads the file."""
        return self.relation == "main_applicant"


@dataclass(frozen=True)
class Step:
    """One step of the arithmetic: what was done and what came out, in minor units."""

    text: str
    amount_minor: int


@dataclass(frozen=True)
class QuoteLine:
    """One amount, why it is due and how it was worked out."""

    rule: str
    code: str
    phase: str
    amount_minor: int
    currency: str
    person_ref: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Circumstances:
    """Facts the table may ask about: numbers such as months of stay, and recorded needs."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()


PHASES = ("pre_departure", "travel", "departure_cash", "post_arrival", "post_return", "community")


def check_table(table: Mapping[str, Any]) -> None:
    """Raise RuleTableInvalid for anything the engine could not work with."""
    rules = table.get("rules")
    if not isinstance(rules, list) or not rules or not isinstance(table.get("currency"), str):
        raise RuleTableInvalid("a table needs a currency and rules")
    seen: set[str] = set()
    for rule in rules:
        name = rule.get("id")
        if not name or name in seen:
            raise RuleTableInvalid(f"rule id missing or doubled: {name}")
        seen.add(name)
        _check_rule(name, rule)
    for cap in table.get("caps", []):
        if not _amount(cap.get("amount_minor")) or not cap.get("codes"):
            raise RuleTableInvalid("a cap needs codes and an amount")


def _check_rule(name: str, rule: Mapping[str, Any]) -> None:
    if rule.get("per") not in ("person", "file") or not rule.get("code") or not _amount(rule.get("amount_minor")):
        raise RuleTableInvalid(f"rule {name} needs per, code and a whole amount")
    shares = rule.get("instalments") or [{"phase": rule.get("phase"), "percent": 100}]
    if any(share.get("phase") not in PHASES for share in shares) or sum(share["percent"] for share in shares) != 100:
        raise RuleTableInvalid(f"rule {name} needs phases whose shares add up to 100 percent")
    for reduction in rule.get("reductions", []):
        if not 0 <= reduction.get("percent", -1) <= 100 or "fact" not in reduction or "below" not in reduction:
            raise RuleTableInvalid(f"rule {name} has a reduction without fact, below or percent")


def _amount(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def quote(table: Mapping[str, Any], persons: Sequence[QuotedPerson], circumstances: Circumstances) -> list[QuoteLine]:
    """The lines for this composition; never negative, caps kept. Raises RuleTableInvalid."""
    check_table(table)
    lines: list[QuoteLine] = []
    for rule in table["rules"]:
        if not _wanted(rule, circumstances):
            continue
        concerned: Iterable[QuotedPerson | None] = [None]
        if rule["per"] == "person":
            concerned = [person for person in persons if _concerns(rule.get("who", {}), person)]
        for person in concerned:
            lines += _lines(rule, person, table["currency"], circumstances)
    for cap in table.get("caps", []):
        lines = _capped(lines, cap)
    return [line for line in lines if line.amount_minor > 0]


def _wanted(rule: Mapping[str, Any], circumstances: Circumstances) -> bool:
    need = rule.get("when", {}).get("need")
    return need is None or need in circumstances.needs


def _concerns(who: Mapping[str, Any], person: QuotedPerson) -> bool:
    if "age" in who and (who["age"] == "minor") != person.minor:
        return False
    if "role" in who and (who["role"] == "principal") != person.principal:
        return False
    if "below_age_years" in who:
        return person.age_years is not None and person.age_years < who["below_age_years"]
    if "from_age_years" in who:
        return person.age_years is None or person.age_years >= who["from_age_years"]
    return True


def _lines(
    rule: Mapping[str, Any], person: QuotedPerson | None, currency: str, circumstances: Circumstances
) -> list[QuoteLine]:
    amount = rule["amount_minor"]
    steps = [Step(f"{rule['code']}: base amount", amount)]
    for reduction in rule.get("reductions", []):
        value = circumstances.numbers.get(reduction["fact"])
        if value is not None and value < reduction["below"]:
            amount = amount * reduction["percent"] // 100
            steps.append(Step(f"{reduction['percent']} % because {reduction['fact']} < {reduction['below']}", amount))
    shares = rule.get("instalments") or [{"phase": rule["phase"], "percent": 100}]
    made: list[QuoteLine] = []
    left = amount
    for number, share in enumerate(shares):
        part = left if number == len(shares) - 1 else amount * share["percent"] // 100
        left -= part
        own = steps if len(shares) == 1 else [*steps, Step(f"instalment {number + 1}: {share['percent']} %", part)]
        reference = person.person_ref if person else None
        made.append(QuoteLine(rule["id"], rule["code"], share["phase"], part, currency, reference, tuple(own)))
    return made


def _capped(lines: list[QuoteLine], cap: Mapping[str, Any]) -> list[QuoteLine]:
    """Cut from the last line backwards until the cap of the file is kept."""
    over = sum(line.amount_minor for line in lines if line.code in cap["codes"]) - cap["amount_minor"]
    kept: list[QuoteLine] = []
    for line in reversed(lines):
        cut = min(over, line.amount_minor) if over > 0 and line.code in cap["codes"] else 0
        over -= cut
        kept.append(_cut(line, cut, cap["amount_minor"]) if cut else line)
    return kept[::-1]


def _cut(line: QuoteLine, by: int, cap: int) -> QuoteLine:
    left = line.amount_minor - by
    return replace(line, amount_minor=left, steps=(*line.steps, Step(f"cut to the file's cap of {cap}", left)))
