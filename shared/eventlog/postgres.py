"""The embedded event log: an append-only table in a PostgreSQL database of its own.

Offsets come from `UPDATE log_partition`, whose row lock makes commit order equal offset order; never from a sequence,
which would let a reader pass a number that is committed later (ADR 0003).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from shared.eventlog.postgres_member import PostgresMember
from shared.eventlog.protocol import PARTITIONS, LogConsumer, Place, Record, partition_of

CHANNEL = "wayhome_log"
SET_UP_LOCK = 0x6C6F67
SCHEMA = """
CREATE TABLE IF NOT EXISTS log_identity (single boolean PRIMARY KEY DEFAULT true CHECK (single), id uuid NOT NULL);
CREATE TABLE IF NOT EXISTS log_partition (
  topic text NOT NULL, part integer NOT NULL, next_offset bigint NOT NULL DEFAULT 0, PRIMARY KEY (topic, part));
CREATE TABLE IF NOT EXISTS log_record (
  topic text NOT NULL, part integer NOT NULL, "offset" bigint NOT NULL, key text NOT NULL, value bytea NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (topic, part, "offset"));
CREATE TABLE IF NOT EXISTS log_member (
  member uuid PRIMARY KEY, group_name text NOT NULL, seen_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS log_progress (
  group_name text NOT NULL, topic text NOT NULL, part integer NOT NULL, next_offset bigint NOT NULL,
  PRIMARY KEY (group_name, topic, part));
INSERT INTO log_identity (id) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING;
"""
LOCK_PARTITIONS = (
    "SELECT part, next_offset FROM log_partition WHERE topic = $1 AND part = ANY($2::int[]) ORDER BY part FOR UPDATE"
)
ADVANCE = (
    "UPDATE log_partition SET next_offset = moved.next_offset "
    "FROM unnest($2::int[], $3::bigint[]) AS moved (part, next_offset) "
    "WHERE topic = $1 AND log_partition.part = moved.part"
)
STORE = (
    'INSERT INTO log_record (topic, part, "offset", key, value) '
    "SELECT $1, * FROM unnest($2::int[], $3::bigint[], $4::text[], $5::bytea[])"
)


class UnknownTopic(Exception):
    """The topic was never created."""


class PostgresLog:
    """The embedded engine of the event log."""

    def __init__(self, dsn: str, pool: asyncpg.Pool, log_id: UUID) -> None:
        self._dsn = dsn
        self._pool = pool
        self._log_id = log_id

    @classmethod
    async def create(cls, dsn: str, *, pool_size: int = 2) -> PostgresLog:
        """Open the log in this database; its tables are made on first use."""
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=pool_size, command_timeout=30)
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", SET_UP_LOCK)
            await connection.execute(SCHEMA)
            log_id = await connection.fetchval("SELECT id FROM log_identity")
        return cls(dsn, pool, log_id)

    @property
    def log_id(self) -> str:
        """Identity of this log, made with its tables."""
        return str(self._log_id)

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create topics that are not there."""
        rows = [(topic, part) for topic in sorted(topics) for part in range(PARTITIONS)]
        async with self._pool.acquire() as connection:
            await connection.executemany(
                "INSERT INTO log_partition (topic, part) VALUES ($1, $2) ON CONFLICT DO NOTHING", rows
            )

    async def append(self, topic: str, records: Sequence[Record]) -> Sequence[bool]:
        """Append in one transaction: all of them or none."""
        if not records:
            return []
        places = [partition_of(record.key) for record in records]
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                await self._store(connection, topic, records, places)
            await connection.execute("SELECT pg_notify($1, '')", CHANNEL)  # after the commit, outside of it
        return [True] * len(records)

    async def _store(
        self, connection: asyncpg.Connection, topic: str, records: Sequence[Record], places: Sequence[int]
    ) -> None:
        wanted = sorted(set(places))
        following = {row["part"]: row["next_offset"] for row in await connection.fetch(LOCK_PARTITIONS, topic, wanted)}
        if len(following) != len(wanted):
            raise UnknownTopic(topic)
        offsets: list[int] = []
        for place in places:
            offsets.append(following[place])
            following[place] += 1
        keys, values = [record.key for record in records], [record.value for record in records]
        await connection.execute(STORE, topic, list(places), offsets, keys, values)
        await connection.execute(ADVANCE, topic, wanted, [following[part] for part in wanted])

    def consumer(self, group: str, topics: Sequence[str]) -> LogConsumer:
        """A new member of a group."""
        return PostgresMember(self._dsn, group=group, topics=tuple(topics), channel=CHANNEL)

    async def end_offsets(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """The offset the next record of each partition will get."""
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(
                "SELECT topic, part, next_offset FROM log_partition WHERE topic = ANY($1::text[])",
                list(topics),
            )
        return {Place(row["topic"], row["part"]): row["next_offset"] for row in rows}

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.close()
