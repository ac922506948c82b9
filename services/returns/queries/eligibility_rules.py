"""What a programme asks before it helps: exclusions, limits and the years that earlier help counts."""

from __future__ import annotations

from pydantic import BaseModel, Field

from services.returns.domain.benefits import asked_about_help
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
            earlier_assistance=[EarlierAssistance(**found) for found in asked_about_help(entry)],
        )
        for entry in (row.entries if row else [])
        if row
    ]
