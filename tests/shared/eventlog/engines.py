"""The engines under test; every test of this folder runs on each."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.eventlog.kafka import KafkaAccess, KafkaLog
from shared.eventlog.postgres import PostgresLog
from shared.eventlog.protocol import EventLog
from shared.testing.databases import Databases
from tests.kafka import servers_or_skip

ENGINES = ("embedded", "kafka")
SESSION_MILLISECONDS = 1_500  # how soon a killed member is missed; the broker of `make kafka` allows it


async def client_of(name: str, url: str, prefix: str) -> EventLog:
    """A client of the log of this engine at this address."""
    if name == "embedded":
        return await PostgresLog.create(url)
    access = KafkaAccess(servers=url)
    return KafkaLog(access, group_prefix=f"{prefix}wayhome-", session_milliseconds=SESSION_MILLISECONDS)


@dataclass
class Engine:
    """A running engine and how another process opens the same log."""

    name: str
    url: str
    prefix: str

    @property
    def topic(self) -> str:
        """The one topic; on a broker shared by many tests its name is this test's own."""
        return f"{self.prefix}sample"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[EventLog]:
        """One more client of this log."""
        log = await client_of(self.name, self.url, self.prefix)
        try:
            yield log
        finally:
            await log.close()


@asynccontextmanager
async def engine(name: str, databases: Databases) -> AsyncIterator[Engine]:
    """An empty log of this engine."""
    if name == "kafka":
        yield Engine(name=name, url=servers_or_skip(), prefix=f"t{secrets.token_hex(4)}-")
        return
    url = await databases.url_for_log()
    try:
        yield Engine(name=name, url=url, prefix="")
    finally:
        await databases.drop(url)
