"""What is to be told and may not be told yet; same registry as tables.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column


class WaitingFactRow(RegistryTable, Row, table=True):
    """A fact of another service for one recipient that waits for a consent, a legal basis or the release of its case.

    `subject_id` is what the fact is about, a referral or a case: a newer fact about the same takes its place.
    """

    __tablename__ = "waiting_fact"
    __table_args__ = (UniqueConstraint("payload_type", "subject_id"),)

    payload_type: str
    subject_id: UUID
    case_id: UUID = Field(index=True)
    recipient_id: UUID = Field(index=True)
    fact: dict[str, Any] = json_column(default_factory=dict)
    lacking: list[str] = json_column(default_factory=list)
