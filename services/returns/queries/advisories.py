"""The safety advisories that concern a case, what each demands of it, and what was answered."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.advisories import Effect
from services.returns.persistence.advisories import ASSESSED, TOLD, concerning
from services.returns.persistence.advisory_tables import AdvisoryRow
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile


class CaseAdvisory(BaseModel):
    """One advisory for a country of the journey, as it concerns this case."""

    advisory_id: UUID
    country: str
    region: str | None
    route: str | None
    groups: list[str] = Field(description="Groups it is about; empty: everybody.")
    effect: str = Field(description="What it demands in general: stop, individual_review or inform.")
    demands: Effect = Field(description="What it demands of this case: a stop that may not concern it wants a look.")
    source_kind: str | None
    source: str | None
    valid_from: date
    valid_to: date | None
    assessed_on: date | None
    outcome: Literal["may_travel", "may_not_travel"] | None
    told_on: date | None = Field(description="When the people of the case were told.")


def case_advisories(file: CaseFile, *, on: date) -> list[CaseAdvisory]:
    """Those that hold on the day of the journey; empty when nobody warned."""
    found = concerning(file.warnings, file.case, file.persons, view_of(file, on=on).persons, on=on)
    return [_out(file, advisory, effect) for advisory, effect in found]


def _out(file: CaseFile, advisory: AdvisoryRow, effect: Effect) -> CaseAdvisory:
    assessed, told = (file.warnings.answer(advisory.advisory_id, kind) for kind in (ASSESSED, TOLD))
    return CaseAdvisory.model_validate(
        {
            **advisory.model_dump(include=set(CaseAdvisory.model_fields)),
            "demands": effect,
            "assessed_on": assessed.on if assessed else None,
            "outcome": assessed.outcome if assessed else None,
            "told_on": told.on if told else None,
        }
    )
