"""The table of releases; same registry as tables.py. It is no read model: a rebuild leaves it alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.reporting.persistence.tables import ReportingTable
from shared.database.tables import Row, json_column


class ReleaseRow(ReportingTable, Row, table=True):
    """Figures of a period that were published: which, under which rules, and where they are; never changed."""

    __tablename__ = "release"
    __table_args__ = (CheckConstraint("period_from <= period_to", name="period_runs_forward"),)

    period_from: date
    period_to: date
    indicators: list[str] = json_column(default_factory=list)
    rule_version: str
    document_url: str
    restates_id: UUID | None = Field(default=None, foreign_key="release.id", unique=True)
    published_by: str
    published_on: date = Field(index=True)
