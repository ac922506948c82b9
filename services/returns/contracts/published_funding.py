"""Events about the money of a grant after the decision: lines that come on top, and a budget an officer named."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from services.returns.contracts.published import CASE, LINE, PERSON, Line, Total
from shared.events.contract import EventContract
from shared.events.persons import PersonFact


class CaseGrantExtendedV1(EventContract):
    """A grant was extended to persons who joined after the decision; what was granted before stands."""

    event_type: ClassVar[str] = "returns.case.grant-extended.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "programme_id": "0199c0de-0000-7000-8000-000000000002",
        "quote_id": "0199c0de-0000-7000-8000-000000000004",
        "rule_version": 1,
        "lines": [{**LINE, "person_ref": PERSON["person_ref"]}],
        "total": {"amount_minor": 10000, "currency": "CHF"},
        "persons": [PERSON],
    }

    case_id: UUID
    on: date
    programme_id: UUID
    quote_id: UUID
    rule_version: int
    lines: list[Line] = Field(description="Only those that come on top.")
    total: Total = Field(description="Of these lines.")
    persons: list[PersonFact] = Field(description="Only those who joined.")


class CaseBudgetNamedV1(EventContract):
    """After a refusal an officer named another budget for the grant as it stands."""

    event_type: ClassVar[str] = "returns.case.budget-named.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "budget_id": "0199c0de-0000-7000-8000-0000000000d1",
    }

    case_id: UUID
    on: date
    budget_id: UUID


PUBLISHED: tuple[type[EventContract], ...] = (CaseGrantExtendedV1, CaseBudgetNamedV1)
