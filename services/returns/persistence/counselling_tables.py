"""Counselling contacts before any case, and questions about countries that are answered once for all offices."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column, sealed


class CounsellingContactRow(ReturnsTable, Row, table=True):
    """One talk; of whom is not recorded. The note is sealed under a key of its own and known to the office only."""

    __tablename__ = "counselling_contact"

    office_id: str = Field(index=True)
    held_on: date
    channel: str
    language: str
    interpreter: str
    purpose: str
    topics: list[str] = json_column(default_factory=list)
    destination: str | None = None
    outcome: str
    recorded_by: str
    sealed_note: bytes | None = sealed(nullable=True)
    destroyed_on: date | None = None
    case_id: UUID | None = None


class CountryQuestionRow(ReturnsTable, Row, table=True):
    """A question about a place; sealed until somebody has seen that nobody can be recognised in it."""

    __tablename__ = "country_question"

    office_id: str = Field(index=True)
    country: str = Field(index=True)
    topic: str
    status: str = "asked"
    asked_by: str
    answered_by: str | None = None
    reviewed_by: str | None = None
    sealed_question: bytes = sealed()
    sealed_answer: bytes | None = sealed(nullable=True)
    sealed_source: bytes | None = sealed(nullable=True)
    question: str | None = None
    answer: str | None = None
    source: str | None = None
    language: str
    answered_on: date | None = None
    published_on: date | None = None
    valid_until: date | None = None
