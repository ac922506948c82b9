"""Complaints and reports of misconduct: kept apart from every case, texts sealed, found by a receipt code only."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column, sealed, utc_column


class ComplaintRow(ReturnsTable, Row, table=True):
    """One complaint. It names no case and no case knows of it; its texts are sealed under a key of its own."""

    __tablename__ = "complaint"

    code_digest: bytes = Field(unique=True)
    authority_id: str = Field(index=True)
    host: str = Field(sa_column_kwargs={"server_default": text("'CHE'")})
    office_id: str | None = Field(default=None, index=True)
    kind: str
    misconduct: bool
    status: str = "RECEIVED"
    language: str
    channel: str
    sealed_account: bytes = sealed()
    sealed_contact: bytes | None = sealed(nullable=True)
    sealed_answer: bytes | None = sealed(nullable=True)
    received_on: date
    acknowledge_by: datetime = utc_column()
    answer_by: date
    acknowledged_at: datetime | None = utc_column(nullable=True)
    answered_on: date | None = None
    closed_on: date | None = None
    destroyed_on: date | None = None
    due_at: datetime | None = utc_column(nullable=True)
    excluded: list[str] = json_column(default_factory=list)
    reminded_on: date | None = None


class ComplaintDeadlineRow(ReturnsTable, Row, table=True):
    """One clock of a complaint, from its start to its end; ended ones stay, they say whether somebody was late."""

    __tablename__ = "complaint_deadline"

    complaint_id: UUID = Field(foreign_key="complaint.id", index=True)
    clock: str
    rules_version: str
    source: str
    started_on: date
    due_on: date
    ends_at: datetime = utc_column()
    reminded_percent: int = 0
    told_on: date | None = None
    missed_on: date | None = None
    ended_on: date | None = None


class PublicPaceRow(ReturnsTable, table=True):
    """How many requests one open door took in a minute; nothing of who knocked is kept."""

    __tablename__ = "public_pace"

    door: str = Field(primary_key=True)
    minute: datetime = utc_column()
    requests: int
