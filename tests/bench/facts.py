"""The facts that are sent around: real case openings, sealed as the writer seals them, in outbox rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from services.returns.contracts.published import CaseOpenedV1
from shared.events.envelope import seal_event
from shared.ids import new_id
from shared.outbox.writer import SHARDS, shard_of

TOPIC = CaseOpenedV1.topic()
COLUMNS = ("event_id", "topic", "key", "sequence", "shard", "type", "envelope", "created_at")
KEEP = (
    "INSERT INTO outbox (event_id, topic, key, sequence, shard, type, envelope, published_at) "
    "SELECT gen_random_uuid(), $1, 'kept', number, number % $2::int, $3, $4, clock_timestamp() "
    "FROM generate_series(1, $5::bigint) AS number"
)


@dataclass(frozen=True)
class Fact:
    """One sealed fact."""

    event_id: UUID
    key: str
    sequence: int
    envelope: bytes


def opened(case_id: UUID) -> CaseOpenedV1:
    """The opening of this case, otherwise as in the contract's example."""
    return CaseOpenedV1.model_validate({**CaseOpenedV1.example, "case_id": case_id})


def sealed_facts(count: int, keys: int) -> list[Fact]:
    """So many facts of so many cases in turn."""
    cases = [uuid.uuid4() for _ in range(keys)]
    now = datetime.now(UTC)
    openings = [opened(case).stamped(occurred_at=now, actor_role="caseworker") for case in cases]
    facts = []
    for number in range(count):
        event, event_id, sequence = openings[number % keys], new_id(), number // keys + 1
        envelope = seal_event(
            event,
            event_id=event_id,
            sequence=sequence,
            correlation_id=str(event_id),
            causation_id=None,
            traceparent=None,
            time=now,
        )
        facts.append(Fact(event_id, event.key, sequence, envelope))
    return facts


async def commit_to_outbox(url: str, facts: Sequence[Fact], *, kept: int = 0) -> None:
    """Empty the outbox, then commit to it what was published earlier and is still kept, and these facts."""
    now = datetime.now(UTC)
    rows = [
        (
            fact.event_id,
            TOPIC,
            fact.key,
            fact.sequence,
            shard_of(fact.key),
            CaseOpenedV1.event_type,
            fact.envelope,
            now,
        )
        for fact in facts
    ]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("TRUNCATE outbox RESTART IDENTITY")
        if kept:
            await connection.execute(KEEP, TOPIC, SHARDS, CaseOpenedV1.event_type, facts[0].envelope, kept)
        await connection.copy_records_to_table("outbox", records=rows, columns=COLUMNS)
        await connection.execute("VACUUM ANALYZE outbox")
    finally:
        await connection.close()
