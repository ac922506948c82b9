"""People and circumstances for tests of rules: families without names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.registry.domain.entitlement_facts import Circumstances, QuotedPerson
from services.registry.domain.quote import Calculation, calculate

NOTHING = Circumstances()
ON = date(2026, 3, 2)


def family(adults: int, minors: int, *, child_age: int = 8, **more: Any) -> list[QuotedPerson]:
    """So many adults of 30, the first of whom leads the file, and so many children."""
    people = [
        QuotedPerson(f"a{n}", "main_applicant" if n == 0 else "partner", minor=False, age_years=30, **more)
        for n in range(adults)
    ]
    children = [QuotedPerson(f"c{n}", "child", minor=True, age_years=child_age, **more) for n in range(minors)]
    return people + children


def total(table: Mapping[str, Any], people: list[QuotedPerson], code: str | None = None, **facts: Any) -> int:
    """The sum of all lines, or of those of a code, in minor units."""
    return of(calculate(table, people, Circumstances(**facts)), code)


def of(found: Calculation, code: str | None = None) -> int:
    """The sum of the lines of a code."""
    return sum(line.amount_minor for line in found.lines if code in (None, line.code))


def words(found: Calculation, rule: str) -> list[str]:
    """The arithmetic of the first line of a rule."""
    return [step.text for step in next(line for line in found.lines if line.rule == rule).steps]
