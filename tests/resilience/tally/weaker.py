"""The house with one safeguard taken out at a time; the checker must notice each (an ablation)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Container, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.eventlog.protocol import LogRecord, Place
from shared.events.contract import EventContract
from shared.events.envelope import Envelope
from shared.inbox.consumer import ConsumerLoop, _State
from shared.inbox.processor import Holding, InboxProcessor, Outcome
from shared.outbox import relay as relay_module
from shared.outbox import writer
from shared.outbox.new_rows import NewRow
from shared.outbox.relay import MARK, Relay

NO_INBOX = "no-inbox"
OFFSET_FIRST = "offset-before-database"
CURSOR = "sequence-cursor-in-relay"
NO_STREAM_LOCK = "no-stream-row-lock"
SKIP_LOCKED = "skip-locked-four-relays"
AUTO_COMMIT = "auto-commit"
MARK_AFTER_LOST_LOCK = "mark-after-lost-lock-and-no-inbox"
NO_UNIQUE = "no-unique-key-sequence"
ABLATIONS = (
    NO_INBOX,
    OFFSET_FIRST,
    CURSOR,
    NO_STREAM_LOCK,
    SKIP_LOCKED,
    AUTO_COMMIT,
    MARK_AFTER_LOST_LOCK,
    NO_UNIQUE,
)
RELAYS = {SKIP_LOCKED: 4}


class NoInbox(InboxProcessor):
    """Takes every event as new."""

    async def _effect(self, uow: Any, envelope: Envelope, claimed: set[UUID]) -> Outcome:
        subscription = self._subscriptions[envelope.type]
        uow.act_for(envelope)
        await subscription.handler(subscription.model.model_validate(envelope.data), uow=uow)
        return Outcome.DONE


class OffsetFirst(InboxProcessor):
    """Moves on before the effects are safe."""

    async def _together(self, holding: Holding, records: Sequence[LogRecord]) -> list[Outcome]:
        async with self.units.begin(actor=Principal.system("ablation")) as uow:
            await self._advance(uow, holding, records[0].offset, records[-1].offset + 1)
        await asyncio.sleep(0.01)
        async with self.units.begin(actor=Principal.system("ablation")) as uow:
            return [await self.effect(uow, Envelope.parse(record.value)) for record in records]


class AutoCommit(ConsumerLoop):
    """Believes the log's own bookmark, which moves with what was polled, not with what was done."""

    async def _take(self, state: _State, places: Sequence[Place]) -> None:
        async with self._processor.units.begin(actor=Principal.system("ablation")) as uow:
            await uow.session.execute(text("CREATE TABLE IF NOT EXISTS bookmark (part int PRIMARY KEY, next bigint)"))
            rows = await uow.session.execute(text("SELECT part, next FROM bookmark"))
            bookmarks = {row.part: row.next for row in rows}
        await super()._take(state, places)
        for place in places:
            state.held[place] = bookmarks.get(place.partition, 0)
            state.member.seek(place, state.held[place])
            async with self._processor.units.begin(actor=Principal.system("ablation")) as uow:
                where = {"part": place.partition, "next": state.held[place]}
                await uow.session.execute(
                    text("UPDATE consumer_offset SET next_offset = :next WHERE partition = :part"), where
                )

    async def _process(self, state: _State, place: Place, records: Sequence[LogRecord]) -> None:
        if records:
            async with self._processor.units.begin(actor=Principal.system("ablation")) as uow:
                where = {"part": place.partition, "next": records[-1].offset + 1}
                await uow.session.execute(
                    text(
                        "INSERT INTO bookmark VALUES (:part, :next) ON CONFLICT (part) DO UPDATE SET next = excluded.next"
                    ),
                    where,
                )
            await asyncio.sleep(0.01)
        await super()._process(state, place, records)


class CursorRelay(Relay):
    """Remembers how far it came instead of looking for what is not marked."""

    _cursor = 0

    async def publish_once(self, connection: asyncpg.Connection) -> int:
        if not self._shards:
            return 0
        rows = await connection.fetch(
            "SELECT position, event_id, topic, key, envelope FROM outbox WHERE position > $1 "
            "AND shard = ANY($2::smallint[]) AND published_at IS NULL ORDER BY position LIMIT 500",
            self._cursor,
            sorted(self._shards),
        )
        if not rows:
            return 0
        await self._send(rows)
        await connection.execute(MARK, [row["position"] for row in rows])
        self._cursor = rows[-1]["position"]
        return len(rows)


class SkipLockedRelay(Relay):
    """Shares the work row by row instead of by key."""

    async def _balance(self, connection: asyncpg.Connection) -> None:
        self._shards = set(range(writer.SHARDS))

    async def publish_once(self, connection: asyncpg.Connection) -> int:
        async with connection.transaction():
            rows = await connection.fetch(
                relay_module.UNPUBLISHED + " FOR UPDATE SKIP LOCKED", sorted(self._shards), 20
            )
            if rows:
                await self._send(rows)
                await connection.execute(MARK, [row["position"] for row in rows])
            return len(rows)


class StubbornRelay(Relay):
    """Goes on with the shards it once had, although the locks went with the connection."""

    async def run(self, stop: asyncio.Event) -> None:
        await self._log.ensure_topics([self._prefix + self._service])
        had: set[int] = set()
        while not stop.is_set():
            try:
                connection = await asyncpg.connect(self._dsn, command_timeout=30)
                self._balance_due = 0.0
                while not stop.is_set():
                    await self._balance(connection)
                    had |= self._shards
                    self._shards = set(had)
                    if await self.publish_once(connection) == 0:
                        await asyncio.sleep(0.02)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


async def _sequences_without_lock(
    connection: Any, events: Sequence[EventContract], _fresh: Container[str]
) -> tuple[list[int], list[NewRow]]:
    """Numbers from a transaction of their own, whose row lock is gone long before the command commits."""
    if not events:
        return [], []
    side = await asyncpg.connect(**_same_database(connection))
    try:
        steps = Counter(event.key for event in events)
        rows = await side.fetch(writer.NEXT_SEQUENCES, list(steps), list(steps.values()))
        return [row["last_sequence"] for row in rows], []
    finally:
        await side.close()


def _same_database(connection: Any) -> dict[str, Any]:
    parameters = connection._params
    host, port = connection._addr
    return {
        "host": host,
        "port": port,
        "user": parameters.user,
        "password": parameters.password,
        "database": parameters.database,
    }


async def _sequences_by_looking(
    connection: Any, events: Sequence[EventContract], _fresh: Container[str]
) -> tuple[list[int], list[NewRow]]:
    """The highest number so far and one more, without a lock."""
    found = []
    for event in events:
        highest = await connection.fetchval("SELECT coalesce(max(sequence), 0) FROM outbox WHERE key = $1", event.key)
        found.append(int(highest) + 1)
    return found, []


def weaken_writer(ablation: str | None) -> None:
    """Take the safeguard out of the writing side of this process."""
    if ablation == NO_STREAM_LOCK:
        writer._take_sequences = _sequences_without_lock
    if ablation == NO_UNIQUE:
        writer._take_sequences = _sequences_by_looking


def relay_kind(ablation: str | None) -> type[Relay]:
    """The relay of this run."""
    kinds = {CURSOR: CursorRelay, SKIP_LOCKED: SkipLockedRelay, MARK_AFTER_LOST_LOCK: StubbornRelay}
    return kinds.get(ablation or "", Relay)


def processor_kind(ablation: str | None) -> type[InboxProcessor]:
    """The processor of this run."""
    kinds = {NO_INBOX: NoInbox, MARK_AFTER_LOST_LOCK: NoInbox, OFFSET_FIRST: OffsetFirst}
    return kinds.get(ablation or "", InboxProcessor)


def loop_kind(ablation: str | None) -> type[ConsumerLoop]:
    """The consumer loop of this run."""
    return AutoCommit if ablation == AUTO_COMMIT else ConsumerLoop


def unsafe_schema(ablation: str | None) -> list[str]:
    """What the producer's database lacks in this run."""
    if ablation in (NO_UNIQUE,):
        return ["ALTER TABLE outbox DROP CONSTRAINT uq_outbox_key_sequence"]
    return []
