"""What registry keeps about organisations beyond enrolment: contacts, due diligence, services and their places."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, sealed


class ActorRow(RegistryTable, Row, table=True):
    """An organisation that has a part in partnerships without being told or saying anything about cases."""

    __tablename__ = "actor"

    code: str = Field(unique=True)
    kind: str
    name: str
    country: str | None = None


class RecipientContactRow(RegistryTable, Row, table=True):
    """How an organisation's office is reached; sealed under a key of its own, which its removal destroys."""

    __tablename__ = "recipient_contact"

    recipient_id: UUID = Field(foreign_key="recipient.id", index=True)
    purpose: str
    language: str | None = None
    sealed_reach: bytes = sealed()


class DueDiligenceRow(RegistryTable, Row, table=True):
    """A check of an organisation and how long it holds; earlier ones stay."""

    __tablename__ = "due_diligence"

    recipient_id: UUID = Field(foreign_key="recipient.id", index=True)
    checked_on: date
    valid_until: date
    source: str
    noticed_days: int | None = None


class ProviderServiceRow(RegistryTable, Row, table=True):
    """What a provider does at one place, and how many it can take at a time."""

    __tablename__ = "provider_service"
    __table_args__ = (
        UniqueConstraint("provider_id", "category", "country", "place"),
        CheckConstraint("used >= 0 AND used <= capacity", name="places"),
    )

    provider_id: UUID = Field(foreign_key="recipient.id")
    category: str = Field(index=True)
    country: str
    place: str
    capacity: int
    used: int = 0
    ends_on: date | None = None


class PlaceRow(RegistryTable, Row, table=True):
    """A place of a service that a referral holds until it is given back."""

    __tablename__ = "provider_place"
    __table_args__ = (UniqueConstraint("service_id", "referral_id"),)

    service_id: UUID = Field(foreign_key="provider_service.id", index=True)
    referral_id: UUID
    taken_on: date
    released_on: date | None = None
    person_refs: list[str] | None = json_column(nullable=True)
