"""Two files of one person that were both granted help: who looks at it, and what was found."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row


class ReconciliationRow(ReturnsTable, Row, table=True):
    """One pair of records whose files were both granted help; nothing follows from it by itself."""

    __tablename__ = "benefit_reconciliation"

    pair_id: UUID = Field(foreign_key="duplicate_pair.id", unique=True)
    opened_on: date
    officer: str | None = None
    officer_named_on: date | None = None
    outcome: str | None = None
    reason_code: str | None = None
    settled_by: str | None = None
    settled_on: date | None = None
