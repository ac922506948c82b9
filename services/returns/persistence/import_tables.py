"""Tables of caseload imports: the sealed file, what became of each row, and which persons came in before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column, sealed, utc_column


class CaseloadImportRow(ReturnsTable, Row, table=True):
    """One file of cases on its way in; the file is sealed under a key of its own, which is destroyed afterwards."""

    __tablename__ = "caseload_import"

    office_id: str = Field(index=True)
    authority_id: str
    programme_id: UUID
    source_system: str
    file_format: str
    dry_run: bool
    status: str = "awaiting_file"
    asked_by: str
    sealed_file: bytes | None = sealed(nullable=True)
    file_bytes: int | None = None
    rows_total: int | None = None
    rows_done: int = 0
    rows_opened: int = 0
    rows_joined: int = 0
    rows_known: int = 0
    rows_good: int = 0
    rows_bad: int = 0
    started_at: datetime | None = utc_column(nullable=True)
    finished_at: datetime | None = utc_column(nullable=True)
    destroy_on: date
    destroyed_on: date | None = None


class ImportedRowRow(ReturnsTable, table=True):
    """What became of one row of a file: its number, an outcome and codes; no values."""

    __tablename__ = "caseload_import_row"

    import_id: UUID = Field(foreign_key="caseload_import.id", primary_key=True)
    row_number: int = Field(primary_key=True)
    outcome: str
    case_id: UUID | None = None
    wrong: list[dict[str, Any]] = json_column(default_factory=list)


class ImportedPersonRow(ReturnsTable, table=True):
    """A person who came in by a file, found again by a keyed hash of their number in the other system."""

    __tablename__ = "imported_person"
    __table_args__ = (UniqueConstraint("office_id", "row_key"),)

    id: UUID = Field(primary_key=True)
    office_id: str
    row_key: bytes
    case_id: UUID = Field(index=True)
    import_id: UUID
