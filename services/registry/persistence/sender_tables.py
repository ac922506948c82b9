"""What registry keeps about senders of messages: their keys, how fast they send, and what was refused to them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, sealed, utc_column

NOBODY = UUID(int=0)
"""Stands for a sender that is not enrolled, so that the key of the counts has no holes."""


class RecipientKeyRow(RegistryTable, Row, table=True):
    """A key of an organisation: it signs with it, or something is encrypted to it. A shared secret is sealed."""

    __tablename__ = "recipient_key"
    __table_args__ = (
        CheckConstraint("(public_key IS NULL) <> (sealed_secret IS NULL)", name="one_form"),
        Index("ix_recipient_key_recipient_id", "recipient_id", "use"),
    )

    recipient_id: UUID = Field(foreign_key="recipient.id")
    use: str
    algorithm: str
    public_key: str | None = None
    sealed_secret: bytes | None = sealed(nullable=True)
    valid_from: datetime = utc_column()
    valid_until: datetime | None = utc_column(nullable=True)
    told_at: datetime | None = utc_column(nullable=True)


class SenderPaceRow(RegistryTable, table=True):
    """How many messages came from a sender in the minute that runs."""

    __tablename__ = "sender_pace"

    sender_id: UUID = Field(primary_key=True)
    minute: datetime = utc_column()
    messages: int = 0


class RefusedMessageRow(RegistryTable, table=True):
    """How often a sender was refused for one reason on one day; nothing of what it sent."""

    __tablename__ = "refused_message"

    sender_id: UUID = Field(primary_key=True)
    on: date = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    times: int
    first_at: datetime = utc_column()
    last_at: datetime = utc_column()
