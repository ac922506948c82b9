"""A producer and a consumer in the smallest form: counting facts go in, a ledger of what was seen comes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import asyncpg
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.auth.principal import Principal
from shared.clock import SystemClock
from shared.database.engine import create_engine
from shared.database.tables import add_kit_tables
from shared.database.unit_of_work import UnitOfWork
from shared.database.units import Units
from shared.eventlog.protocol import EventLog
from shared.events.contract import EventContract, EventSeen
from shared.events.subscriptions import Subscription
from shared.inbox.consumer import ConsumerLoop
from shared.inbox.processor import InboxProcessor
from shared.outbox.relay import Relay
from shared.protection.vault import Vault
from shared.testing.databases import Databases
from tests.shared.eventlog.engines import Engine

SEEN = "CREATE TABLE seen (position bigserial PRIMARY KEY, key text NOT NULL, number bigint NOT NULL, sequence bigint NOT NULL)"
POISON = "CREATE TABLE poison (key text NOT NULL, number bigint NOT NULL)"


class Counted(EventContract):
    """The nth fact of a key."""

    event_type: ClassVar[str] = "sample.thing.counted.v1"
    key_field: ClassVar[str] = "thing"
    thing: str
    number: int


class CountedSeen(EventSeen):
    """The consumer's copy."""

    thing: str
    number: int


class Poisoned(Exception):
    """The handler does not stand this one."""


async def on_counted(seen: CountedSeen, *, uow: UnitOfWork) -> None:
    """Write down what was seen; refuse what the test calls poison."""
    values = {"key": seen.thing, "number": seen.number}
    if await uow.session.scalar(text("SELECT 1 FROM poison WHERE key = :key AND number = :number"), values):
        raise Poisoned
    assert uow.cause is not None
    row = {**values, "sequence": uow.cause.number}
    await uow.session.execute(text("INSERT INTO seen (key, number, sequence) VALUES (:key, :number, :sequence)"), row)


SUBSCRIPTIONS = (Subscription("sample.thing.counted.v1", CountedSeen, on_counted),)


def units_on(engine: AsyncEngine) -> Units:
    """Units of work on a scratch database."""
    return Units(engine=engine, clock=SystemClock(), vault=Vault("sample", bytes(32)))


async def prepare(url: str) -> None:
    """Kit tables and the ledger."""
    metadata = MetaData()
    add_kit_tables(metadata)
    engine = create_engine(url, pool_size=1, application="set-up")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text(SEEN))
        await connection.execute(text(POISON))
    await engine.dispose()


@dataclass
class Pair:
    """Both ends and the log between."""

    engine: Engine
    producer_url: str
    consumer_url: str
    producer: Units
    consumer: Units

    async def count(self, key: str, number: int) -> None:
        """One command that publishes one fact."""
        async with self.producer.begin(actor=Principal.system("test")) as uow:
            uow.publish(Counted(thing=key, number=number))

    def relay(self, log: EventLog, **options: Any) -> Relay:
        """One more relay."""
        prefix = self.engine.prefix
        return Relay(dsn=self.producer_url, log=log, service_name="sample", topic_prefix=prefix, **options)

    def loop(self, log: EventLog, **options: Any) -> ConsumerLoop:
        """One more consumer."""
        processor = InboxProcessor(service_name="ledger", subscriptions=SUBSCRIPTIONS, units=self.consumer, **options)
        return ConsumerLoop(processor=processor, log=log, topics=[self.engine.topic])

    def processor(self) -> InboxProcessor:
        """The consumer's processor, for replay."""
        return InboxProcessor(service_name="ledger", subscriptions=SUBSCRIPTIONS, units=self.consumer)

    async def rows(self, url: str, statement: str, *values: Any) -> list[Any]:
        """Rows of one of the databases."""
        connection = await asyncpg.connect(url)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def seen(self) -> dict[str, list[int]]:
        """What was seen, per key in the order of effect."""
        found: dict[str, list[int]] = {}
        for row in await self.rows(self.consumer_url, "SELECT key, number FROM seen ORDER BY position"):
            found.setdefault(row["key"], []).append(row["number"])
        return found

    async def seen_count(self) -> int:
        """How many effects there are."""
        return int((await self.rows(self.consumer_url, "SELECT count(*) AS n FROM seen"))[0]["n"])

    async def parked(self) -> list[Any]:
        """Open parked events in order."""
        statement = "SELECT * FROM parked_event WHERE resolved_at IS NULL ORDER BY id"
        return await self.rows(self.consumer_url, statement)

    async def unpublished(self) -> int:
        """Facts still in the outbox."""
        statement = "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL"
        return int((await self.rows(self.producer_url, statement))[0]["n"])


@asynccontextmanager
async def pair(engine: Engine, databases: Databases) -> AsyncIterator[Pair]:
    """Two fresh service databases around an engine."""
    producer_url = await databases.url_for_log("producer")
    consumer_url = await databases.url_for_log("consumer")
    await prepare(producer_url)
    await prepare(consumer_url)
    producing = create_engine(producer_url, pool_size=12, application="producer")
    consuming = create_engine(consumer_url, pool_size=8, application="consumer")
    try:
        yield Pair(engine, producer_url, consumer_url, units_on(producing), units_on(consuming))
    finally:
        await producing.dispose()
        await consuming.dispose()
        await databases.drop(producer_url)
        await databases.drop(consumer_url)


@asynccontextmanager
async def working(*parts: Any) -> AsyncIterator[asyncio.Event]:
    """Parts running in the background until the block ends."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.gather(*tasks)
