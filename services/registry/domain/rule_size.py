"""How much a rule table asks at most: a table that nobody could read must not keep everybody waiting either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registry.domain.entitlement_facts import MOST_PERSONS

MOST_QUESTIONS = 50_000
"""For one file of the largest size. The tables of real programmes that are shipped ask fewer than 1,000; so many are
answered in a fraction of a second. Source: measured, see tests/registry/test_rule_tables.py."""
PER_GROUP, PER_LINE, LINES_PER_QUESTION = 10, 5, 10
"""What it takes to look through a group's countries and to make a line, in questions; how many lines a cap looks at in
the time of one."""


def questions(table: Mapping[str, Any]) -> int:
    """How many questions a table asks about one file of the largest size, at most."""
    asked = lines = 0
    for rule in table["rules"]:
        made = (MOST_PERSONS if rule["per"] == "person" else 1) * len(rule.get("instalments", (None,)))
        lines += made
        asked += _condition(rule.get("when")) + _each(rule) + made * PER_LINE
    for entry in table.get("eligibility", ()):
        asked += MOST_PERSONS * _who(entry.get("who")) + _condition(entry.get("when")) + _condition(entry.get("unless"))
    for limit in (*table.get("caps", ()), *table.get("offsets", ())):
        looked_at = lines * (MOST_PERSONS if limit.get("per") == "person" else 1)
        asked += _condition(limit.get("when")) + looked_at // LINES_PER_QUESTION
    return asked


def _each(rule: Mapping[str, Any]) -> int:
    """Of one rule, for everybody it may be about."""
    clauses = [clause for part in ("tiers", "reductions", "floors") for clause in rule.get(part, ())]
    once = _who(rule.get("who")) + sum(1 + _who(it.get("who")) + _condition(it.get("when")) for it in clauses)
    return (MOST_PERSONS if rule["per"] == "person" else 1) * once


def _who(who: Mapping[str, Any] | None) -> int:
    asked = who or {}
    return len(asked) + PER_GROUP * sum(word in asked for word in ("group", "not_group"))


def _condition(condition: Mapping[str, Any] | None) -> int:
    if not condition:
        return 0
    inner = [*condition.get("all", ()), *condition.get("any", ()), *([condition["not"]] if "not" in condition else ())]
    people = MOST_PERSONS * (1 + _who(condition["persons"])) if "persons" in condition else 0
    return 1 + people + sum(_condition(each) for each in inner)
