"""Documents of persons: what is open says nothing about anybody; the name, the key and the content are sealed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, sealed, utc_column


class DocumentRow(ReturnsTable, Row, table=True):
    """One paper of one person. The content lies in the store under `object_name`, sealed under a key of its own."""

    __tablename__ = "document"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    kind: str
    status: str = Field(default="awaiting_content", index=True)
    issued_on: date | None = None
    media_type: str | None = None
    size_bytes: int | None = Field(default=None, sa_type=BigInteger)
    object_name: str | None = Field(default=None, unique=True)
    sealed_name: bytes | None = sealed(nullable=True)
    sealed_key: bytes | None = sealed(nullable=True)
    added_by: str
    added_role: str
    received_at: datetime | None = utc_column(nullable=True)
    scanned_at: datetime | None = utc_column(nullable=True)
    deleted_on: date | None = None
    reason_code: str | None = None
