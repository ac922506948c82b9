"""The ceilings of the log: a producer or an INSERT that only appends, with no outbox, no order per key, no marking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.eventlog.kafka import LARGEST_BATCH_BYTES
from shared.eventlog.protocol import partition_of
from tests.bench.facts import TOPIC, Fact
from tests.bench.ground import Ground, new_prefix, ready_topic

PLAIN = "CREATE TABLE plain_log (position bigserial PRIMARY KEY, key text NOT NULL, value bytea NOT NULL)"
APPEND = "INSERT INTO plain_log (key, value) SELECT * FROM unnest($1::text[], $2::bytea[])"


class BareLog(Protocol):
    """Takes facts; when it returns they are durable."""

    async def append(self, facts: Sequence[Fact]) -> None:
        """All of them at once."""
        ...


class BareProducer:
    """aiokafka by itself, set as the relay's producer is."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    async def append(self, facts: Sequence[Fact]) -> None:
        """Send all, then wait for all."""
        futures = [
            await self._producer.send(
                self._topic, fact.envelope, key=fact.key.encode(), partition=partition_of(fact.key)
            )
            for fact in facts
        ]
        await asyncio.gather(*futures)


class BareInsert:
    """One INSERT of everything."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._free = asyncio.Lock()

    async def append(self, facts: Sequence[Fact]) -> None:
        """One statement, one commit."""
        async with self._free:
            await self._connection.execute(APPEND, [fact.key for fact in facts], [fact.envelope for fact in facts])


@asynccontextmanager
async def bare_log(ground: Ground, engine: str) -> AsyncIterator[BareLog]:
    """A bare log of this engine until the block ends."""
    if engine == "kafka":
        topic = new_prefix() + TOPIC
        async with ground.log(engine) as log:
            await ready_topic(log, topic)
        producer = AIOKafkaProducer(
            bootstrap_servers=ground.servers,
            enable_idempotence=True,
            acks="all",
            max_batch_size=LARGEST_BATCH_BYTES,
        )
        await producer.start()
        try:
            yield BareProducer(producer, topic)
        finally:
            await producer.stop()
        return
    async with ground.database() as url:
        await ground.run(PLAIN, url)
        connection = await asyncpg.connect(url)
        try:
            yield BareInsert(connection)
        finally:
            await connection.close()
