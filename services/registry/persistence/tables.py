"""The tables of partnerships, recipients and programmes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, MetaData, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field

from shared.database.tables import NAMING_CONVENTION, Row, StoredRow, add_kit_tables, json_column


class RegistryTable(StoredRow, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base of this service's tables."""


class OfficeRow(RegistryTable, Row, table=True):
    """An office or authority of the host; outside it has a neutral name only."""

    __tablename__ = "office"

    code: str = Field(unique=True)
    kind: str
    name: str
    outward_name: str
    country: str


class PartnershipRow(RegistryTable, Row, table=True):
    """A partnership between countries and organisations."""

    __tablename__ = "partnership"

    title: str
    legal_form: str
    status: str
    parties: list[dict[str, Any]] = json_column(default_factory=list)
    lead_host: str | None = None
    lead_partner: str | None = None
    signed_on: date | None = None
    signed_precision: str | None = None
    source: str | None = None


class ComponentRow(RegistryTable, Row, table=True):
    """One element of a partnership, optional and with a status of its own."""

    __tablename__ = "component"

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    component_type: str
    status: str
    dac_code: str | None = None
    lead_host: str | None = None
    lead_partner: str | None = None
    title: str | None = None
    proposed_by: str = Field(default="host", sa_column_kwargs={"server_default": "host"})
    author: str | None = None
    agreed_source: str | None = None
    suspended_by: str | None = None
    safeguards: list[str] | None = json_column(nullable=True)
    budget_minor: int | None = Field(default=None, sa_type=BigInteger)
    budget_currency: str | None = None
    budget_year: int | None = None


class AgreementRow(RegistryTable, Row, table=True):
    """A versioned agreement whose clauses steer clocks and disclosures."""

    __tablename__ = "agreement"

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    number: int
    valid_from: date
    valid_to: date | None = None
    clauses: list[dict[str, Any]] = json_column(default_factory=list)
    source: str
    status: str = Field(default="draft", sa_column_kwargs={"server_default": "published"})
    author: str | None = None
    published_by: str | None = None
    published_on: date | None = None
    replaces: UUID | None = Field(default=None, foreign_key="agreement.id")
    ended_by: str | None = None


class RecipientRow(RegistryTable, Row, table=True):
    """An agency, reintegration partner or provider: somebody who may be told something, or send something."""

    __tablename__ = "recipient"

    category: str = Field(index=True)
    kind: str
    name: str
    country: str
    countries: list[str] = json_column(default_factory=list)
    roles: list[str] = json_column(default_factory=list)
    message_keys: list[str] = json_column(default_factory=list)
    answers_by_form: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    status: str = "enrolled"
    status_reason: str | None = None
    status_since: date | None = None


class ProgrammeRow(RegistryTable, Row, table=True):
    """A programme of assistance; `outward_name` reveals no procedure."""

    __tablename__ = "programme"

    name: str
    outward_name: str
    host: str
    partnership_id: UUID | None = Field(default=None, foreign_key="partnership.id")
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    destinations: list[str] = json_column(default_factory=list)
    case_kinds: list[str] = json_column(default_factory=list)
    currency: str
    closed_on: date | None = None


class RuleVersionRow(RegistryTable, Row, table=True):
    """One version of a programme's rule table: drafted by one person, published by another."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    programme_id: UUID = Field(foreign_key="programme.id", index=True)
    number: int
    valid_from: date
    valid_to: date | None = None
    content: dict[str, Any] = json_column(default_factory=dict)
    source: str
    author: str
    published_by: str | None = None
    published_on: date | None = None
    copied_from: int | None = None
    withdrawn_by: str | None = None
    withdrawn_on: date | None = None


class QuoteRow(RegistryTable, Row, table=True):
    """A calculation with its explanation."""

    __tablename__ = "quote"

    programme_id: UUID = Field(foreign_key="programme.id", index=True)
    case_id: UUID | None = Field(default=None, index=True)
    rule_version: int
    source: str
    composition: list[dict[str, Any]] = json_column(default_factory=list)
    lines: list[dict[str, Any]] = json_column(default_factory=list)
    total_minor: int = Field(sa_type=BigInteger)
    currency: str
    valid_until: date
    reference_on: date | None = None
    circumstances: dict[str, Any] | None = json_column(nullable=True)
    eligibility: dict[str, Any] | None = json_column(nullable=True)
    adjustments: list[dict[str, Any]] | None = json_column(nullable=True)
    unknown: list[str] | None = json_column(nullable=True)


add_kit_tables(RegistryTable.metadata)
