"""The tables of return cases; what identifies a person is sealed under that person's key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, MetaData, text
from sqlalchemy.orm import registry
from sqlmodel import Field

from services.returns.persistence.case_lists import CASE_INDEXES, InLists
from services.returns.persistence.paper_columns import UnderSilence
from services.returns.persistence.person_columns import Arrival, ComingOfAge, OpenQuestions
from shared.database.tables import NAMING_CONVENTION, Row, StoredRow, add_kit_tables, json_column, sealed, utc_column


class ReturnsTable(StoredRow, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base of this service's tables."""


class ReturnCaseRow(ReturnsTable, Row, InLists, table=True):
    """A return file: one family or person, one decision."""

    __tablename__ = "return_case"
    __table_args__ = CASE_INDEXES

    file_reference: str = Field(unique=True)
    case_kind: str
    destination_basis: str
    programme_id: UUID = Field(index=True)
    partnership_id: UUID | None = None
    office_id: str
    authority_id: str
    host: str
    destination: str
    state: str = Field(default="DRAFT", index=True)
    suspended_from: str | None = None
    funding: str = "none"
    funding_since: date | None = None
    named_budget_id: UUID | None = None
    top_up: str | None = None
    top_up_quote_id: UUID | None = None
    reservation_id: UUID | None = None
    author: str
    opened_on: date
    submitted_on: date | None = None
    screened_on: date | None = None
    duplicates_checked: bool = False
    security_checked: bool = False
    eligible: bool | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    quote_id: UUID | None = None
    rule_version: int | None = None
    total_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None
    reason_code: str | None = None
    partner_id: UUID | None = None
    no_partner_needed: bool = False
    travel_on: date | None = None
    arrives_on: date | None = None
    transit: list[str] = json_column(default_factory=list)
    carriers: list[str] | None = json_column(nullable=True)
    departed_on: date | None = None
    arrived_on: date | None = None
    arrival_evidence: str | None = None
    arrival_message_id: UUID | None = None
    handover_needed: bool = False
    handed_over_on: date | None = None
    closed_on: date | None = None
    ended_on: date | None = None
    plan_id: UUID | None = None
    split_from: UUID | None = None
    follows: UUID | None = None
    frozen_on: date | None = None
    depart_by: date | None = None
    deadline_missed_on: date | None = None
    stage_before_end: str | None = None
    review_of: str | None = None
    missed_flights: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    suspended_on: date | None = None
    suspended_by: str | None = None
    suspension_reason: str | None = None


class CasePersonRow(ReturnsTable, OpenQuestions, ComingOfAge, Arrival, Row, table=True):
    """One person in a case file; `id` is the internal person id, `person_ref` the random name events use."""

    __tablename__ = "case_person"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_ref: str = Field(unique=True)
    relation: str
    sex: int
    adult: bool
    sealed_identity: bytes = sealed()
    sealed_born_on: bytes | None = sealed(nullable=True)
    provisional: bool = False
    citizenships: list[dict[str, Any]] = json_column(default_factory=list)
    reporting_citizenship: str
    statelessness: str | None = None
    unaccompanied: bool = False
    needs_carer: bool = False
    guardians_agreed: bool = False
    child_heard: bool = False
    own_talk_due: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    best_interests_decided: bool = False
    travel_status: str = "INCLUDED"
    not_travelling_reason: str | None = None
    declared_on: date | None = None
    reconfirmed_on: date | None = None
    medical_needed: bool = False
    medical_valid_until: date | None = None
    vulnerable: bool = False
    safeguarded: bool = False
    sealed_indicators: bytes | None = sealed(nullable=True)
    fly_until: date | None = None
    fly_from: date | None = None
    asked_afresh: UUID | None = Field(default=None, description="Made when asked again; later ids are answers to it.")


class TravelDocumentRow(ReturnsTable, UnderSilence, Row, table=True):
    """A travel document of a person; its number is sealed."""

    __tablename__ = "travel_document"

    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    kind: str
    issuer: str
    valid_until: date
    sealed_number: bytes | None = sealed(nullable=True)
    request_id: UUID | None = None
    voided_on: date | None = None


class ConsentRow(ReturnsTable, Row, table=True):
    """One adult's consent to share named data with named recipients for named purposes."""

    __tablename__ = "consent"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    recipients: list[str] = json_column(default_factory=list)
    purposes: list[str] = json_column(default_factory=list)
    data_classes: list[str] = json_column(default_factory=list)
    language: str
    interpreter: str
    text_version: str
    text_hash: str
    given_on: date
    valid_until: date | None = None
    withdrawn_on: date | None = None


class DeclarationRow(ReturnsTable, Row, table=True):
    """One adult's decision to return, taken separately from everybody else; not a consent to data."""

    __tablename__ = "declaration"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    kind: str
    language: str
    interpreter: str
    text_version: str
    declared_on: date
    seen_alone: bool


class QuoteRow(ReturnsTable, table=True):
    """A calculation registry published, waiting for its decision."""

    __tablename__ = "known_quote"

    quote_id: UUID = Field(primary_key=True)
    case_id: UUID | None = Field(default=None, index=True)
    programme_id: UUID
    rule_version: int
    person_refs: list[str] = json_column(default_factory=list)
    lines: list[dict[str, Any]] = json_column(default_factory=list)
    total_minor: int = Field(sa_type=BigInteger)
    currency: str
    valid_until: date
    eligibility: str | None = None
    assisted_counts: dict[str, int] | None = json_column(nullable=True)
    counted_elsewhere_minor: int | None = Field(default=None, sa_type=BigInteger)


class ProgrammeRow(ReturnsTable, table=True):
    """A programme as far as opening a case needs it."""

    __tablename__ = "known_programme"

    programme_id: UUID = Field(primary_key=True)
    partnership_id: UUID | None = None
    component_id: UUID | None = None
    host: str
    destinations: list[str] = json_column(default_factory=list)
    case_kinds: list[str] = json_column(default_factory=list)
    closed: bool = False


class ComponentRow(ReturnsTable, table=True):
    """The status of a partnership's component."""

    __tablename__ = "known_component"

    component_id: UUID = Field(primary_key=True)
    partnership_id: UUID
    component_type: str
    status: str


class RecipientRow(ReturnsTable, table=True):
    """An agency or partner that can be named on a case, or a provider that people can be referred to."""

    __tablename__ = "known_recipient"

    recipient_id: UUID = Field(primary_key=True)
    kind: str
    country: str | None = None
    roles: list[str] = json_column(default_factory=list)
    is_partner: bool = False
    is_provider: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    suspended: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    encryption_keys: list[dict[str, Any]] | None = json_column(nullable=True)


class HistoryRow(ReturnsTable, table=True):
    """What happened to a case, in order; never changed, never deleted."""

    __tablename__ = "case_history"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    at: datetime = utc_column()
    actor: str
    actor_role: str
    action: str
    state_before: str
    state_after: str
    on: date | None = None
    reason_code: str | None = None
    person_ref: str | None = None
    about: str | None = None


add_kit_tables(ReturnsTable.metadata)
