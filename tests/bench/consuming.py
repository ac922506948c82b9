"""The consumer: how many events of the log it turns into projection rows, beside the same statements without a log."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg

from services.reporting.contracts.consumed import CaseOpenedSeen
from services.reporting.persistence.facts import set_on_case
from services.reporting.persistence.tables import ReportingTable
from services.returns.contracts.published import CaseOpenedV1
from shared.clock import SystemClock
from shared.database.engine import create_engine
from shared.database.unit_of_work import UnitOfWork
from shared.database.units import Units
from shared.eventlog.protocol import EventLog, LogRecord, Record, partition_of
from shared.events.subscriptions import Subscription
from shared.inbox.consumer import BATCH, ConsumerLoop
from shared.inbox.processor import Holding, InboxProcessor
from shared.protection.vault import Vault
from tests.bench.facts import TOPIC, Fact, sealed_facts
from tests.bench.figures import Measured, Size
from tests.bench.ground import SETTLE_SECONDS, Ground, new_prefix

NAME = "consumer into a projection"
APPEND_AT_ONCE = 1000
WITHIN_SECONDS = 120.0
DONE = "SELECT (SELECT count(*) FROM inbox WHERE consumer = $1), (SELECT count(*) FROM case_fact)"
FIRST_PARKED = (
    "SELECT id FROM parked_event WHERE consumer = $1 AND key = ANY($2::text[]) AND resolved_at IS NULL "
    "ORDER BY id LIMIT 1"
)
CLAIM = "INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id"
PROJECT = (
    "INSERT INTO case_fact (case_id, case_kind, programme_id, partnership_id, host, destination, opened_on) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (case_id) DO UPDATE SET case_kind = $2, programme_id = $3, "
    "partnership_id = $4, host = $5, destination = $6, opened_on = $7"
)
TAKE = (
    "INSERT INTO consumer_offset (consumer, topic, partition, next_offset, log_id, owner) "
    "SELECT $1, $2, part, 0, 'none', $3 FROM generate_series(0, 11) AS part"
)
ADVANCE = (
    "UPDATE consumer_offset SET next_offset = $5, updated_at = clock_timestamp() WHERE consumer = $1 AND topic = $2 "
    "AND partition = $3 AND owner = $4 AND next_offset <= $6 RETURNING 1"
)


async def on_opened(seen: CaseOpenedSeen, *, uow: UnitOfWork) -> None:
    """One projection row per event, by reporting's own upsert."""
    await set_on_case(
        uow,
        seen.case_id,
        case_kind=seen.case_kind,
        programme_id=seen.programme_id,
        partnership_id=seen.partnership_id,
        host=seen.host,
        destination=seen.destination,
        opened_on=seen.opened_on,
    )


SUBSCRIPTIONS = (Subscription(CaseOpenedV1.event_type, CaseOpenedSeen, on_opened),)


class TimedProcessor(InboxProcessor):
    """Knows when it got its first batch and how many events it has finished."""

    began = ended = 0.0
    finished = 0

    async def process_batch(self, holding: Holding, records: Sequence[LogRecord]) -> int:
        """One batch of one partition."""
        self.began = self.began or time.perf_counter()
        following = await super().process_batch(holding, records)
        self.ended = time.perf_counter()
        self.finished += len(records)
        return following


async def consume(ground: Ground, engine: str, size: Size) -> Measured:
    """Events that are in the log already, into one projection row each."""
    found = Measured(NAME, engine)
    facts = sealed_facts(size.events, size.keys)
    async with ground.log(engine) as log:
        for turn in range(size.repeat):
            topic = await fill_topic(log, facts)
            async with ground.database(ReportingTable.metadata) as url:
                found.rate("ours", size.events, await consume_all(url, log, topic, size))
            async with ground.database(ReportingTable.metadata) as url:
                found.rate("bare", size.events, await _execute_all(url, facts))
            ground.say(f"{NAME}, {engine}, {turn + 1} of {size.repeat}: {found.ours['per second'][-1]:,.0f}/s")
    return found


async def fill_topic(log: EventLog, facts: Sequence[Fact]) -> str:
    """A new topic with these facts in it."""
    topic = new_prefix() + TOPIC
    await log.ensure_topics([topic])
    await asyncio.sleep(SETTLE_SECONDS)
    for start in range(0, len(facts), APPEND_AT_ONCE):
        batch = facts[start : start + APPEND_AT_ONCE]
        if not all(await log.append(topic, [Record(key=fact.key, value=fact.envelope) for fact in batch])):
            raise RuntimeError("the log did not take everything")
    return topic


async def consume_all(url: str, log: EventLog, topic: str, size: Size) -> float:
    """Run one consumer until it is through; the seconds from its first batch to its last commit."""
    name, stop = topic.replace(TOPIC, "reporting"), asyncio.Event()
    engine = create_engine(url, pool_size=4, application="consumer")
    units = Units(engine=engine, clock=SystemClock(), vault=Vault("reporting", bytes(32)))
    processor = TimedProcessor(service_name=name, subscriptions=SUBSCRIPTIONS, units=units)
    running = asyncio.create_task(ConsumerLoop(processor=processor, log=log, topics=[topic]).run(stop))
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            while processor.finished < size.events and not running.done():
                await asyncio.sleep(0.02)
    finally:
        stop.set()
        await running
        await engine.dispose()
    connection = await asyncpg.connect(url)
    effects = tuple(await connection.fetchrow(DONE, name))
    await connection.close()
    if effects != (size.events, size.keys):
        raise RuntimeError(f"{effects[0]} of {size.events} events had their effect on {effects[1]} rows")
    return processor.ended - processor.began


async def _execute_all(url: str, facts: Sequence[Fact]) -> float:
    batches = _batches(facts)
    connection = await asyncpg.connect(url)
    owner = uuid.uuid4()
    await connection.execute(TAKE, "bare", TOPIC, owner)
    try:
        began = time.perf_counter()
        for part, first, batch in batches:
            async with connection.transaction():
                await connection.fetchval(FIRST_PARKED, "bare", list({str(row[0]) for _, row in batch}))
                await connection.fetch(CLAIM, "bare", [event_id for event_id, _ in batch])
                for _, row in batch:
                    await connection.execute(PROJECT, *row)
                await connection.fetchval(ADVANCE, "bare", TOPIC, part, owner, first + len(batch), first)
        return time.perf_counter() - began
    finally:
        await connection.close()


def _batches(facts: Sequence[Fact]) -> list[tuple[int, int, list[tuple[UUID, tuple[Any, ...]]]]]:
    """Partition, first offset and the rows of each batch, as the consumer would get them."""
    found = []
    for part, group in groupby(sorted(facts, key=lambda fact: partition_of(fact.key)), lambda f: partition_of(f.key)):
        rows = [(fact.event_id, _row(fact)) for fact in group]
        found += [(part, start, rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)]
    return found


def _row(fact: Fact) -> tuple[Any, ...]:
    data = json.loads(fact.envelope)["data"]
    programme, partnership = UUID(data["programme_id"]), UUID(data["partnership_id"])
    codes = (data["host"], data["destination"], date.fromisoformat(data["opened_on"]))
    return (UUID(fact.key), data["case_kind"], programme, partnership, *codes)
