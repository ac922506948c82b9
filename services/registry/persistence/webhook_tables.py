"""The keys that deliveries are signed with, and what recipients owe after a request has ended."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, sealed, utc_column


class EndpointKeyRow(RegistryTable, Row, table=True):
    """A signing key of an endpoint; several sign side by side while one is being replaced."""

    __tablename__ = "endpoint_key"

    endpoint_id: UUID = Field(foreign_key="webhook_endpoint.id", index=True)
    scheme: str
    sealed_key: bytes = sealed()
    public_key: str | None = None
    retires_at: datetime | None = utc_column(nullable=True)


class DestructionDutyRow(RegistryTable, Row, table=True):
    """What a recipient was told is to be destroyed by a day, and it says what it did."""

    __tablename__ = "destruction_duty"
    __table_args__ = (
        UniqueConstraint("agency_case_ref", "destroy_by"),
        Index("ix_destruction_duty_open", "destroy_by", postgresql_where=text("status <> 'attested'")),
    )

    recipient_id: UUID = Field(index=True)
    case_id: UUID = Field(index=True)
    agency_case_ref: str
    destroy_by: date
    status: str = "open"
    result: str | None = None
    article: str | None = None
    data_classes: list[str] = json_column(default_factory=list)
    retained_until: date | None = None
    attested_at: datetime | None = utc_column(nullable=True)
