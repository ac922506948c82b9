"""Safety advisories as registry published them, and what was answered to them on a case."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column


class AdvisoryRow(ReturnsTable, table=True):
    """A warning about a corridor; a lifted one stays and holds for nobody."""

    __tablename__ = "known_advisory"

    advisory_id: UUID = Field(primary_key=True)
    country: str = Field(index=True)
    region: str | None = None
    route: str | None = None
    groups: list[str] = json_column(default_factory=list)
    effect: str
    source_kind: str | None = None
    source: str | None = None
    valid_from: date
    valid_to: date | None = None
    lifted_on: date | None = None


class AdvisoryAnswerRow(ReturnsTable, Row, table=True):
    """An officer's assessment of a case, or that its people were told; the newest of a kind counts."""

    __tablename__ = "advisory_answer"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    advisory_id: UUID
    kind: str
    outcome: str | None = None
    on: date
    recorded_by: str
    recorded_role: str
