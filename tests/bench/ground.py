"""What a run stands on: its own PostgreSQL, durable as in production, and its own Kafka where that is possible."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy import MetaData

from deploy.kafka.broker import BrokerFailed, LocalBroker, find_java
from deploy.kafka.home import LIBRARIES
from deploy.kafka.jars import locked_jars
from deploy.local.state import free_port
from shared.database.embedded import EmbeddedServer
from shared.database.engine import create_engine
from shared.eventlog.kafka import KafkaAccess, KafkaLog
from shared.eventlog.postgres import PostgresLog
from shared.eventlog.protocol import PARTITIONS, EventLog, Record

ENGINES = ("embedded", "kafka")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SETTLE_SECONDS = 0.3
Say = Callable[[str], None]


@dataclass
class Ground:
    """The servers of this run."""

    server: EmbeddedServer
    broker: LocalBroker | None
    folder: Path
    say: Say
    log_url: str = ""

    @asynccontextmanager
    async def database(self, metadata: MetaData | None = None, *, template: str = "template1") -> AsyncIterator[str]:
        """A new database, with these tables or as a copy of another one, until the block ends."""
        name = f"bench_{secrets.token_hex(4)}"
        await self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template.rsplit("/", 1)[-1]}"')
        url = self.server.dsn(name)
        try:
            if metadata is not None:
                engine = create_engine(url, pool_size=1, application="set-up")
                async with engine.begin() as connection:
                    await connection.run_sync(metadata.create_all)
                await engine.dispose()
            yield url
        finally:
            await self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def run(self, statement: str, url: str | None = None) -> None:
        """One statement, outside of any transaction."""
        connection = await asyncpg.connect(url or self.server.dsn())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def log(self, engine: str) -> AsyncIterator[EventLog]:
        """A client of the log, set as the services set theirs."""
        if engine == "kafka":
            log: EventLog = KafkaLog(KafkaAccess(servers=self.servers), client="bench")
        else:
            log = await PostgresLog.create(self.log_url)
        try:
            yield log
        finally:
            await log.close()

    @property
    def servers(self) -> str:
        """The brokers of this run."""
        if self.broker is None:
            raise RuntimeError("this run has no Kafka")
        return self.broker.servers

    def log_environment(self, engine: str) -> dict[str, str]:
        """What tells a service process about the log."""
        if engine == "kafka":
            return {"WAYHOME_LOG_ENGINE": "kafka", "WAYHOME_KAFKA_SERVERS": self.servers}
        return {"WAYHOME_LOG_ENGINE": "embedded", "WAYHOME_LOG_URL": self.log_url}


def new_prefix() -> str:
    """Topics of one measurement are its own."""
    return f"b{secrets.token_hex(4)}-"


async def ready_topic(log: EventLog, topic: str) -> None:
    """Make a topic and append to every partition once: a new one has no leaders for a moment."""
    await log.ensure_topics([topic])
    await asyncio.sleep(SETTLE_SECONDS)
    await log.append(topic, [Record(key=str(number), value=b"") for number in range(10 * PARTITIONS)])


def kafka_missing() -> str | None:
    """Why there can be no Kafka; None if there can. Nothing is fetched here."""
    try:
        find_java()
    except BrokerFailed as failure:
        return str(failure)
    missing = [jar.name for jar in locked_jars() if not (LIBRARIES / jar.name).is_file()]
    return f"{len(missing)} jars of Kafka are not there; `make kafka` fetches them" if missing else None


@contextmanager
def ground(engines: tuple[str, ...], say: Say) -> Iterator[Ground]:
    """Start the servers these engines need; everything is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="wayhome-bench-"))
    server = EmbeddedServer(folder / "postgresql", options=DURABLE)
    broker: LocalBroker | None = None
    try:
        server.start()
        say("PostgreSQL is up")
        if "kafka" in engines:
            broker = LocalBroker(folder / "broker", LIBRARIES, free_port(), free_port())
            broker.start(say)
            say("Kafka is up")
        yield Ground(server, broker, folder, say)
    finally:
        if broker is not None:
            broker.stop()
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
