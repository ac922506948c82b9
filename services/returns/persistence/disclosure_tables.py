"""Packages of personal data for one named recipient, their answers, and the messages agencies sent."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column, sealed


class DisclosureRow(ReturnsTable, Row, table=True):
    """A package: for whom, why, on which basis, which fields, until when."""

    __tablename__ = "disclosure"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    recipient_id: UUID = Field(index=True)
    recipient_kind: str
    purpose: str
    basis_type: str
    basis_instrument: str
    basis_article: str | None = None
    clause_id: UUID | None = None
    basis_id: UUID | None = Field(default=None, description="The recorded basis it was approved on.")
    fields: list[str] = json_column(default_factory=list)
    person_refs: list[str] = json_column(default_factory=list)
    prepared_by: str
    status: str = "prepared"
    approved_by: str | None = None
    approved_on: date | None = None
    answer_by: date
    expires_on: date
    destroy_by: date
    endangerment_checked_on: date | None = None
    endangerment_checked_by: str | None = None
    read_count: int = 0
    receipt_on: date | None = None
    recalled_on: date | None = None


class DisclosureAnswerRow(ReturnsTable, Row, table=True):
    """What a recipient answered about one person; values are sealed under that person's key."""

    __tablename__ = "disclosure_answer"

    disclosure_id: UUID = Field(foreign_key="disclosure.id", index=True)
    person_id: UUID
    outcome: str
    sealed_values: bytes | None = sealed(nullable=True)


class ClauseRow(ReturnsTable, table=True):
    """A clause of an agreement, as registry published it."""

    __tablename__ = "known_clause"

    clause_id: UUID = Field(primary_key=True)
    agreement_id: UUID
    partnership_id: UUID
    code: str
    data_clause: bool = False
    recipient_kinds: list[str] = json_column(default_factory=list)
    reply_days: int | None = None
    longest_reply_days: int | None = None
    deemed_agreement: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    deemed_for: list[str] | None = json_column(nullable=True)
    document_types: list[str] | None = json_column(nullable=True)
    announce_days: int | None = None
    transfer_within_days: int | None = None
    document_validity_days: int | None = None
    competent_authorities: list[str] | None = json_column(nullable=True)
    third_country_nationals: bool | None = None
    valid_from: date
    valid_to: date | None = None


class AgencyMessageRow(ReturnsTable, table=True):
    """A message about a case and what became of it."""

    __tablename__ = "agency_message"

    message_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    sender_id: UUID
    message_type: str
    received_on: date
    outcome: str
    reason_code: str | None = None
    voided_on: date | None = None
    looked_on: date | None = None
    looked_by: str | None = None
    look_finding: str | None = None
