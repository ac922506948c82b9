"""What a programme asks before it helps: exclusions, limits and the years that earlier help counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from services.returns.persistence.eligibility_tables import KnownRuleVersionRow


class EarlierAssistance(BaseModel):
    """Earlier help that counts: within so many years (null: ever), as a minor, otherwise, or both (null)."""

    within_years: int | None = None
    as_minor: bool | None = None


class EligibilityRule(BaseModel):
    """One entry of the programme's table; the answer of a quote says whether it applies."""

    rule: str
    effect: str = Field(description="exclude, limit or review.")
    text: str
    source: str
    rule_version: int
    reference: str = Field(description="The day the rule looks at: application, decision, departure or arrival.")
    earlier_assistance: list[EarlierAssistance] = Field(description="Empty when it is about something else.")


def eligibility_rules(row: KnownRuleVersionRow | None) -> list[EligibilityRule]:
    """In the order of the table; empty when the table excludes nobody or has not arrived."""
    return [
        EligibilityRule(
            rule=entry["id"],
            effect=entry["effect"],
            text=entry["text"],
            source=entry.get("source") or row.source,
            rule_version=row.number,
            reference=entry.get("reference", "application"),
            earlier_assistance=[EarlierAssistance(**found) for found in _assisted(entry)],
        )
        for entry in (row.entries if row else [])
        if row
    ]


def _assisted(part: Any) -> Iterator[dict[str, Any]]:
    for name, value in part.items() if isinstance(part, dict) else ():
        if name == "assisted":
            yield value
        else:
            yield from _assisted(value)
    for each in part if isinstance(part, list) else ():
        yield from _assisted(each)
