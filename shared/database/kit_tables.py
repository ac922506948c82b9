"""The tables the kit itself needs in every service database; add_kit_tables puts them on a service's metadata."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

_INSTANT = DateTime(timezone=True)


def add_kit_tables(metadata: MetaData) -> None:
    """Register outbox, inbox, idempotency, audit, keys and notifications on a service's metadata."""
    _event_tables(metadata)
    _consumer_tables(metadata)
    _request_tables(metadata)
    _person_tables(metadata)


def _event_tables(metadata: MetaData) -> None:
    Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", UUID(as_uuid=True), nullable=False, unique=True),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("shard", SmallInteger, nullable=False),
        Column("type", Text, nullable=False),
        Column("envelope", LargeBinary, nullable=False),
        Column("traceparent", Text),
        Column("created_at", _INSTANT, nullable=False, server_default=func.clock_timestamp()),
        Column("published_at", _INSTANT),
        UniqueConstraint("key", "sequence"),
        Index("ix_outbox_unpublished", "shard", "position", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_published", "published_at", postgresql_where=text("published_at IS NOT NULL")),
    )
    Table(
        "event_stream",
        metadata,
        Column("key", Text, primary_key=True),
        Column("last_sequence", BigInteger, nullable=False),
    )


def _consumer_tables(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("event_id", UUID(as_uuid=True), primary_key=True),
        Column("processed_at", _INSTANT, nullable=False, server_default=func.clock_timestamp()),
    )
    Table(
        "consumer_offset",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("next_offset", BigInteger, nullable=False),
        Column("log_id", Text, nullable=False),
        Column("owner", UUID(as_uuid=True)),
        Column("updated_at", _INSTANT, nullable=False, server_default=func.clock_timestamp()),
    )
    Table(
        "parked_event",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("key", Text, nullable=False),
        Column("event_id", UUID(as_uuid=True)),
        Column("type", Text),
        Column("envelope", LargeBinary, nullable=False),
        Column("error_class", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("behind", UUID(as_uuid=True)),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("parked_at", _INSTANT, nullable=False, server_default=func.clock_timestamp()),
        Column("resolved_at", _INSTANT),
        Column("resolution", Text),
        UniqueConstraint("consumer", "topic", "partition", "offset"),
        Index("ix_parked_event_open", "consumer", "key", postgresql_where=text("resolved_at IS NULL")),
    )


def _request_tables(metadata: MetaData) -> None:
    Table(
        "idempotency",
        metadata,
        Column("principal", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("request_hash", LargeBinary, nullable=False),
        Column("status", SmallInteger),
        Column("resource_id", UUID(as_uuid=True)),
        Column("location", Text),
        Column("etag", Text),
        Column("created_at", _INSTANT, nullable=False, server_default=func.clock_timestamp()),
        Index("ix_idempotency_created_at", "created_at"),
    )
    Table(
        "audit",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("at", _INSTANT, nullable=False),
        Column("actor", Text, nullable=False),
        Column("actor_role", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("facts", JSONB, nullable=False),
        Column("correlation_id", Text, nullable=False),
        Index("ix_audit_subject", "subject", "at"),
    )
    Table(
        "notification",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("scope", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("facts", JSONB, nullable=False),
        Column("created_at", _INSTANT, nullable=False),
        Index("ix_notification_scope", "role", "scope", "id"),
    )


def _person_tables(metadata: MetaData) -> None:
    Table(
        "person_key",
        metadata,
        Column("person_id", UUID(as_uuid=True), primary_key=True),
        Column("wrapped_key", LargeBinary),
        Column("key_version", Integer, nullable=False),
        Column("created_at", _INSTANT, nullable=False, server_default=func.clock_timestamp()),
        Column("destroyed_at", _INSTANT),
    )
