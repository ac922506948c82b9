"""Brings committed facts to the log: a flag is polled, never a cursor, and each key's order is kept.

One dedicated connection, outside every pool, holds the advisory locks of the shards it owns and runs the marking, so
lock and
right to mark are lost together. After a crash between sending and marking a fact is sent again; consumers recognise
it by id.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg

from shared.eventlog.protocol import EventLog, Record
from shared.outbox.writer import SHARDS
from shared.telemetry.tracing import Attribute, Kind, Tracing

RELAY_CLASS = 0x57_52_4C_59
PRESENCE_CLASS = 0x57_52_4C_50
BATCH = 500
POLL_SECONDS = 0.1
BALANCE_SECONDS = 0.5
SEND_TIMEOUT_SECONDS = 30.0
CLEAN_SECONDS = 600.0
KEPT_DAYS = 7

UNPUBLISHED = (
    "SELECT position, event_id, topic, key, envelope FROM outbox "
    "WHERE published_at IS NULL AND shard = ANY($1::smallint[]) ORDER BY position LIMIT $2"
)
TRACED = UNPUBLISHED.replace(" FROM", ", type, traceparent FROM", 1)
MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY($1::bigint[]) AND published_at IS NULL"
CLEAN = "DELETE FROM outbox WHERE published_at < clock_timestamp() - make_interval(days => $1)"
PRESENT = (
    "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Relay:
    """One relay of a service; any number may run, each owning a fair share of the sixteen shards."""

    def __init__(
        self,
        *,
        dsn: str,
        log: EventLog,
        service_name: str,
        topic_prefix: str = "",
        wake: asyncio.Event | None = None,
        on_published: Callable[[int], Any] | None = None,
        between: Callable[[str], None] | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self._tracing = tracing or Tracing()
        self._dsn = dsn
        self._log = log
        self._service = service_name
        self._prefix = topic_prefix
        self._wake = wake or asyncio.Event()
        self._on_published = on_published or (lambda _count: None)
        self._between = between or (lambda _step: None)
        self._shards: set[int] = set()
        self._balance_due = self._clean_due = 0.0

    @property
    def shards(self) -> frozenset[int]:
        """The shards owned now."""
        return frozenset(self._shards)

    def wake(self) -> None:
        """There is something to publish."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop; a lost connection ends the run with an exception and the caller starts anew."""
        await self._log.ensure_topics([self._prefix + self._service])
        connection = await asyncpg.connect(self._dsn, command_timeout=30)
        self._shards.clear()
        self._balance_due = self._clean_due = 0.0
        try:
            while not stop.is_set():
                await self._balance(connection)
                self._wake.clear()
                if await self.publish_once(connection) == 0:
                    await self._pause(stop)
            while await self.publish_once(connection):  # drain what was committed before the stop
                pass
        finally:
            self._shards.clear()
            with contextlib.suppress(Exception):
                await connection.close(timeout=2)

    async def publish_once(self, connection: asyncpg.Connection) -> int:
        """One batch of owned shards; how many facts were marked published."""
        if not self._shards:
            return 0
        due = TRACED if self._tracing.on else UNPUBLISHED
        rows = await connection.fetch(due, sorted(self._shards), BATCH)
        if not rows:
            return 0
        self._between("read")
        sent = await self._send(rows)
        self._between("sent")
        marked = _prefix_per_key(rows, sent)
        if marked:
            await connection.execute(MARK, marked)
            self._between("marked")
            self._on_published(len(marked))
        return len(marked)

    async def _send(self, rows: Sequence[asyncpg.Record]) -> set[UUID]:
        """Append by topic; ids that are durably in the log. A timeout means not known: those stay unmarked."""
        sent: set[UUID] = set()
        for topic, group in groupby(
            sorted(rows, key=lambda row: (row["topic"], row["position"])), lambda row: row["topic"]
        ):
            batch = list(group)
            records = [Record(key=row["key"], value=bytes(row["envelope"])) for row in batch]
            started = time.time_ns()
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                outcome = await self._log.append(self._prefix + topic, records)
            durable = [row for row, kept in zip(batch, outcome, strict=True) if kept]
            sent |= {row["event_id"] for row in durable}
            if self._tracing.on:
                self._trace(durable, started)
        return sent

    def _trace(self, rows: Sequence[asyncpg.Record], started: int) -> None:
        """One span per fact, in the trace of the command that left it; they are sent together and last as long."""
        for row in rows:
            if row["traceparent"] is not None:
                attributes: dict[Attribute, str | int] = {
                    Attribute.MESSAGING: "send",
                    Attribute.TOPIC: row["topic"],
                    Attribute.EVENT_TYPE: row["type"],
                    Attribute.EVENT_ID: str(row["event_id"]),
                }
                name, parent = f"publish {row['type']}", row["traceparent"]
                self._tracing.span(name, Kind.PRODUCER, parent=parent, attributes=attributes, started=started).end()

    async def _balance(self, connection: asyncpg.Connection) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._clean_due:
            self._clean_due = now + CLEAN_SECONDS
            await connection.execute(CLEAN, KEPT_DAYS)
        if now < self._balance_due:
            return
        if self._balance_due == 0.0:
            await connection.execute("SELECT pg_advisory_lock_shared($1, 0)", PRESENCE_CLASS)
        self._balance_due = now + BALANCE_SECONDS
        relays = max(1, await connection.fetchval(PRESENT, PRESENCE_CLASS))
        share = math.ceil(SHARDS / relays)
        for shard in sorted(self._shards)[share:]:
            await connection.execute("SELECT pg_advisory_unlock($1, $2)", RELAY_CLASS, shard)
            self._shards.discard(shard)
        for shard in range(SHARDS):
            if len(self._shards) >= share:
                return
            if shard not in self._shards and await connection.fetchval(
                "SELECT pg_try_advisory_lock($1, $2)", RELAY_CLASS, shard
            ):
                self._shards.add(shard)

    async def _pause(self, stop: asyncio.Event) -> None:
        waits = {asyncio.create_task(self._wake.wait()), asyncio.create_task(stop.wait())}
        try:
            await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()


def _prefix_per_key(rows: Sequence[asyncpg.Record], sent: set[UUID]) -> list[int]:
    """Positions to mark: per key everything before the first fact that did not get through."""
    stopped: set[str] = set()
    marked: list[int] = []
    for row in rows:
        if row["event_id"] not in sent:
            stopped.add(row["key"])
        elif row["key"] not in stopped:
            marked.append(row["position"])
    return marked
