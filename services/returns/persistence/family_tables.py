"""Tables of what joins files: links between files that stay files of their own."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row


class CaseLinkRow(ReturnsTable, Row, table=True):
    """Two files that belong together without being one; each is decided for itself."""

    __tablename__ = "case_link"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    other_case_id: UUID = Field(foreign_key="return_case.id", index=True)
    kind: str
    since: date
    linked_by: str
    ended_on: date | None = None
    ended_by: str | None = None
