"""What registry must know to decide who may be told what, and what it told: no personal data anywhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, sealed, utc_column
from shared.inbox.places import PersonPlace, Places


class KnownCaseRow(RegistryTable, table=True):
    """A case as far as disclosure needs it, and who may ask about it."""

    __tablename__ = "known_case"

    case_id: UUID = Field(primary_key=True)
    programme_id: UUID | None = None
    office_id: str | None = None
    authority_id: str | None = None
    opened_on: date | None = None
    approved: bool = False
    over: bool = False
    frozen: bool = False
    closed: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    plan_running: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class KnownPersonRow(RegistryTable, table=True):
    """A person of a case, by reference; for a child the adults of the case consent."""

    __tablename__ = "known_person"

    person_ref: str = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    minor: bool = False
    own_consent: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    deceased: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class PersonPlaceRow(RegistryTable, PersonPlace, table=True):
    """Whether a person is on a case."""

    __tablename__ = "person_place"


PLACES = Places(PersonPlaceRow)


class KnownConsentRow(RegistryTable, table=True):
    """A consent: one person, one recipient, some purposes."""

    __tablename__ = "known_consent"

    consent_id: UUID = Field(primary_key=True)
    recipient_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    person_ref: str
    purposes: list[str] = json_column(default_factory=list)
    valid_until: date | None = None
    withdrawn: bool = False


class KnownDisclosureRow(RegistryTable, table=True):
    """An approved package for one recipient."""

    __tablename__ = "known_disclosure"

    disclosure_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    recipient_id: UUID
    purpose: str
    basis: str
    answer_by: date
    destroy_by: date
    expires_on: date
    person_refs: list[str] = json_column(default_factory=list)
    recalled: bool = False
    answered_at: datetime | None = utc_column(nullable=True)
    reminded_on: date | None = None


class AgencyCaseRow(RegistryTable, table=True):
    """A recipient's own random name for a case, and its own gapless counter."""

    __tablename__ = "agency_case"
    __table_args__ = (UniqueConstraint("recipient_id", "case_id"),)

    agency_case_ref: str = Field(primary_key=True)
    recipient_id: UUID
    case_id: UUID = Field(index=True)
    last_sequence: int = Field(default=0, sa_type=BigInteger)
    told: bool = False
    ended_on: date | None = None


class WebhookEndpointRow(RegistryTable, Row, table=True):
    """Where a recipient wants to be told, for which purposes and on which basis, and how it is doing."""

    __tablename__ = "webhook_endpoint"

    owner_id: UUID = Field(foreign_key="recipient.id", index=True)
    url: str
    event_types: list[str] = json_column(default_factory=list)
    purposes: list[str] | None = json_column(nullable=True)
    legal_basis: str | None = None
    data_classes: list[str] | None = json_column(nullable=True)
    status: str = "active"
    sealed_signing_key: bytes | None = sealed(nullable=True)  # for senders of the last version; endpoint_key counts
    public_key: str | None = None
    disabled_reason: str | None = None
    breaker: str = Field(default="closed", sa_column_kwargs={"server_default": "closed"})
    breaker_opens: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    breaker_since: datetime | None = utc_column(nullable=True)
    breaker_until: datetime | None = utc_column(nullable=True)
    rest_until: datetime | None = utc_column(nullable=True)
    failing_since: datetime | None = utc_column(nullable=True)
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class DeliveryRow(RegistryTable, Row, table=True):
    """One fact for one endpoint of a recipient: kept, sent, tried again.

    A fact that goes to several endpoints has a row for each; the first stands for it in the feed and has the
    recipient's number (`sequence`), the others name it (`copy_of`). `endpoint_sequence` counts per endpoint and case.
    What belongs to no case has numbers too: those of the recipient and of the endpoint over all such facts.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "next_attempt_at", postgresql_where=text("status = 'pending'")),
        Index("ix_delivery_turn", "endpoint_id", "next_attempt_at", "id", postgresql_where=text("status = 'pending'")),
        Index("ix_delivery_lane", "endpoint_id", "case_id", "id", postgresql_where=text("status = 'pending'")),
        Index("ix_delivery_log", "endpoint_id", "id"),
        Index("ix_delivery_order", "recipient_id", "case_id", "id"),
        Index("ix_delivery_own_number", "recipient_id", "sequence", postgresql_where=text("case_id IS NULL")),
        Index("ix_delivery_own_lane", "endpoint_id", "endpoint_sequence", postgresql_where=text("case_id IS NULL")),
        Index(
            "ix_delivery_fact",
            "source_event",
            "recipient_id",
            "payload_type",
            unique=True,
            postgresql_where=text("copy_of IS NULL"),
        ),
    )

    source_event: str
    recipient_id: UUID
    endpoint_id: UUID | None = Field(default=None, foreign_key="webhook_endpoint.id")
    case_id: UUID | None = None
    agency_case_ref: str | None = Field(default=None, index=True)
    payload_type: str
    facts: dict[str, Any] = json_column(default_factory=dict)
    purpose: str
    disclosure_id: UUID | None = None
    person_refs: list[str] = json_column(default_factory=list)
    occurred_at: datetime = utc_column()
    copy_of: UUID | None = None
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    endpoint_sequence: int | None = Field(default=None, sa_type=BigInteger)
    status: str = "pending"
    attempts: int = 0
    next_attempt_at: datetime | None = utc_column(nullable=True)
    claimed_until: datetime | None = utc_column(nullable=True)
    last_status: int | None = None
    delivered_at: datetime | None = utc_column(nullable=True)
    traceparent: str | None = None


class AttemptRow(RegistryTable, table=True):
    """One attempt: when, what came back, how long it took; the answer's beginning is sealed and kept for 30 days."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        Index("ix_delivery_attempt_endpoint", "endpoint_id", "id"),
        Index("ix_delivery_attempt_answer", "at", postgresql_where=text("sealed_answer IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    delivery_id: UUID = Field(foreign_key="delivery.id", index=True)
    endpoint_id: UUID | None = None
    at: datetime = utc_column()
    status: int | None = None
    error: str | None = None
    milliseconds: int
    sealed_answer: bytes | None = sealed(nullable=True)


class RegisterRow(RegistryTable, table=True):
    """The disclosure register: who was told what, when, on which basis."""

    __tablename__ = "disclosure_register"
    __table_args__ = (Index("ix_disclosure_register_person", "person_refs", postgresql_using="gin"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    recipient_id: UUID
    at: datetime = utc_column()
    what: str
    basis: str
    data_classes: list[str] = json_column(default_factory=list)
    person_refs: list[str] = json_column(default_factory=list)


class AgencyMessageRow(RegistryTable, Row, table=True):
    """A message that came in through the one door; ids are kept for ever."""

    __tablename__ = "agency_message"
    __table_args__ = (UniqueConstraint("sender_id", "webhook_id"),)

    sender_id: UUID
    webhook_id: str
    body_hash: bytes
    message_type: str
    case_id: UUID | None = None
    agency_case_ref: str | None = None
    commitment_id: UUID | None = None
    facts: dict[str, Any] | None = json_column(nullable=True)
    status: str = "received"
    reason_code: str | None = None
