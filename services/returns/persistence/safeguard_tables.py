"""Safeguards opened for vulnerable persons; which ones is sealed, that one is pending is not."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, sealed


class SafeguardRow(ReturnsTable, Row, table=True):
    """One safeguard of one person; its kind is sealed under the person's key, since it tells the vulnerability."""

    __tablename__ = "safeguard"

    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    sealed_kind: bytes = sealed()
    rules_version: str
    before: str
    opened_on: date
    outcome: str | None = None
    settled_on: date | None = None
    settled_by: str | None = None
    settled_role: str | None = None
