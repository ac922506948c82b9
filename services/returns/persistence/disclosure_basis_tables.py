"""On which legal basis a programme may tell a recipient something for a purpose; kept apart from every consent."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row


class DisclosureBasisRow(ReturnsTable, Row, table=True):
    """A legal basis for one recipient and purpose: where it stands, from when to when, recorded by one, approved by
    another. A new one replaces, never changes an earlier one."""

    __tablename__ = "disclosure_basis"

    programme_id: UUID = Field(index=True)
    recipient_id: UUID = Field(index=True)
    purpose: str
    basis_type: str
    instrument: str
    article: str
    clause_id: UUID | None = None
    case_id: UUID | None = Field(default=None, foreign_key="return_case.id", description="Only for this case.")
    source: str
    valid_from: date
    valid_to: date | None = None
    recorded_by: str
    approved_by: str | None = None
    approved_on: date | None = None
    ended_by: str | None = None
    ended_on: date | None = None
    end_reason: str | None = None
