"""The engines under test; every test of this folder runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.eventlog.postgres import PostgresLog
from shared.eventlog.protocol import EventLog
from shared.testing.databases import Databases

ENGINES = ("embedded",)


@dataclass
class Engine:
    """A running engine and how another process opens the same log."""

    name: str
    url: str
    topic: str

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[EventLog]:
        """One more client of this log."""
        log = await PostgresLog.create(self.url)
        try:
            yield log
        finally:
            await log.close()


@asynccontextmanager
async def engine(name: str, databases: Databases) -> AsyncIterator[Engine]:
    """An empty log of this engine."""
    url = await databases.url_for_log()
    try:
        yield Engine(name=name, url=url, topic="sample")
    finally:
        await databases.drop(url)
