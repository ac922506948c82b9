"""Writes what a command leaves behind beside its own rows: events, audit, notifications, the idempotency answer.

Two statements, in the command's transaction: the first takes the sequence numbers (its row locks make commit order
equal
sequence order per key), the second writes everything on the driver connection, which is several times faster than
going through the ORM (ADR 0003).
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from shared.events.contract import EventContract
from shared.events.envelope import seal_event
from shared.ids import new_id
from shared.outbox.new_rows import MOST_FOLDED, NewRow, folded, insert_many, new_row

SHARDS = 16

NEXT_SEQUENCES = """
INSERT INTO event_stream (key, last_sequence)
SELECT key, steps FROM unnest($1::text[], $2::bigint[]) AS wanted (key, steps)
ON CONFLICT (key) DO UPDATE SET last_sequence = event_stream.last_sequence + excluded.last_sequence
RETURNING key, last_sequence
"""

LEAVE_BEHIND = """
WITH facts AS (
  INSERT INTO outbox (event_id, topic, key, sequence, shard, type, envelope, traceparent)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::smallint[], $6::text[], $7::bytea[],
  $8::text[])
), trail AS (
  INSERT INTO audit (id, at, actor, actor_role, action, subject, facts, correlation_id)
  SELECT id, $9, actor, role, action, subject, facts::jsonb, correlation
  FROM unnest($10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
    AS rows (id, actor, role, action, subject, facts, correlation)
), notices AS (
  INSERT INTO notification (id, kind, role, scope, subject, facts, created_at)
  SELECT id, kind, role, scope, subject, facts::jsonb, $9
  FROM unnest($17::uuid[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[])
    AS rows (id, kind, role, scope, subject, facts)
), answer AS (
  UPDATE idempotency SET status = $23, resource_id = $24, location = $25, etag = $26
  WHERE principal = $27 AND route = $28 AND key = $29
)
SELECT 1
"""
PLACES = 29


def shard_of(key: str) -> int:
    """The relay shard of an event key; stored in the outbox row."""
    return zlib.crc32(key.encode()) % SHARDS


@dataclass(frozen=True)
class AuditEntry:
    """One line of who did what to which subject; facts hold codes and counts only."""

    action: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Notice:
    """Something a role in a scope should look at."""

    kind: str
    role: str
    scope: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What an idempotent replay of this request will be told."""

    principal: str
    route: str
    key: str
    status: int
    resource_id: UUID | None
    location: str | None
    etag: str | None


@dataclass(frozen=True)
class Acting:
    """On whose behalf and because of what something is left behind; changes with every event of a batch."""

    actor: str
    role: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass
class Legacy:
    """Everything one unit of work leaves behind at commit, each entry with who acted."""

    now: datetime
    events: list[tuple[Acting, EventContract]] = field(default_factory=list)
    audit: list[tuple[Acting, AuditEntry]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    inserted: list[SQLModel] = field(default_factory=list)
    appended: list[NewRow] = field(default_factory=list)
    answer: Answer | None = None

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not (self.events or self.audit or self.notices or self.inserted or self.appended or self.answer)


async def write_legacy(connection: Any, legacy: Legacy) -> None:
    """Write it all on the driver connection, which must already be inside the command's transaction."""
    rows = [*map(new_row, legacy.inserted), *legacy.appended]
    fresh = {str(getattr(row, "id", "")) for row in legacy.inserted}
    sequences, streams = await _take_sequences(connection, [event for _, event in legacy.events], fresh)
    rows += streams
    if len(rows) > MOST_FOLDED:
        await insert_many(connection, rows)
        rows = []
    statement, values = folded(LEAVE_BEHIND, PLACES, rows)
    await connection.execute(
        statement,
        *_event_columns(legacy, sequences),
        legacy.now,
        *_audit_columns(legacy.audit),
        *_notice_columns(legacy.notices),
        *_answer_values(legacy.answer),
        *values,
    )


async def _take_sequences(
    connection: Any, events: Sequence[EventContract], fresh: Container[str]
) -> tuple[list[int], list[NewRow]]:
    """A number for each event, and the streams that begin here.

    A key that is the id of a row this unit makes has no stream yet and nobody else can know it: its numbers begin at
    one, and the stream is inserted with the rest, which fails as a whole should there be one after all.
    """
    steps = Counter(event.key for event in events)
    streams: list[NewRow] = [
        ("event_stream", {"key": key, "last_sequence": number}) for key, number in steps.items() if key in fresh
    ]
    keys = sorted(key for key in steps if key not in fresh)  # one lock order everywhere: no deadlock between commands
    rows = await connection.fetch(NEXT_SEQUENCES, keys, [steps[key] for key in keys]) if keys else []
    following = {row["key"]: row["last_sequence"] - steps[row["key"]] + 1 for row in rows}
    following |= {str(values["key"]): 1 for _, values in streams}
    taken: list[int] = []
    for event in events:
        taken.append(following[event.key])
        following[event.key] += 1
    return taken, streams


def _event_columns(legacy: Legacy, sequences: Sequence[int]) -> list[list[Any]]:
    columns: list[list[Any]] = [[] for _ in range(8)]
    for (acting, event), sequence in zip(legacy.events, sequences, strict=True):
        event_id = new_id()
        envelope = seal_event(
            event,
            event_id=event_id,
            sequence=sequence,
            correlation_id=acting.correlation_id,
            causation_id=acting.causation_id,
            traceparent=acting.traceparent,
            time=legacy.now,
        )
        row = (
            event_id,
            event.topic(),
            event.key,
            sequence,
            shard_of(event.key),
            event.event_type,
            envelope,
            acting.traceparent,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def _audit_columns(entries: Sequence[tuple[Acting, AuditEntry]]) -> list[list[Any]]:
    return [
        [new_id() for _ in entries],
        [acting.actor for acting, _ in entries],
        [acting.role for acting, _ in entries],
        [entry.action for _, entry in entries],
        [entry.subject for _, entry in entries],
        [json.dumps(dict(entry.facts), default=str) for _, entry in entries],
        [acting.correlation_id for acting, _ in entries],
    ]


def _notice_columns(notices: Sequence[Notice]) -> list[list[Any]]:
    return [
        [new_id() for _ in notices],
        [notice.kind for notice in notices],
        [notice.role for notice in notices],
        [notice.scope for notice in notices],
        [notice.subject for notice in notices],
        [json.dumps(dict(notice.facts), default=str) for notice in notices],
    ]


def _answer_values(answer: Answer | None) -> list[Any]:
    if answer is None:
        return [None, None, None, None, None, None, None]
    return [
        answer.status,
        answer.resource_id,
        answer.location,
        answer.etag,
        answer.principal,
        answer.route,
        answer.key,
    ]
