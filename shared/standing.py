"""How a service stands: its schema, its outbox, what it has not read yet and what is parked, for whoever runs it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import migrations
from shared.eventlog.opening import open_log
from shared.eventlog.protocol import Place
from shared.scheduler import QUEUES
from shared.service import Runtime

OLD_SECONDS = 60.0
ASK_SECONDS = 15.0
POSITIONS = text("SELECT topic, partition, next_offset, log_id FROM consumer_offset WHERE consumer = :consumer")


@dataclass(frozen=True)
class Standing:
    """What an operator looks at first. `unread` and `log_id` are None when the log could not be asked."""

    revision: str | None
    newest_revision: str
    unpublished: int
    oldest_seconds: float
    parked: int
    unread: int | None
    log_id: str | None
    known_logs: frozenset[str]

    @property
    def concerns(self) -> list[str]:
        """What needs somebody; the chapters of docs/operations.md have these names."""
        found = []
        if self.revision is None or self.revision < self.newest_revision:
            found.append("the schema is older than this code: run migrate")
        if self.oldest_seconds > OLD_SECONDS:
            found.append("the outbox is stuck")
        if self.parked:
            found.append("events are parked")
        if self.log_id is None:
            found.append("the event log cannot be reached")
        elif self.known_logs - {self.log_id}:
            found.append("positions belong to another log")
        return found

    def lines(self) -> list[str]:
        """For a terminal."""
        unread = "not known" if self.unread is None else f"{self.unread}"
        return [
            f"schema   revision {self.revision or 'none'}, this code wants {self.newest_revision}",
            f"outbox   {self.unpublished} waiting, the oldest for {self.oldest_seconds:.0f} s",
            f"inbox    {unread} unread, {self.parked} parked",
            f"log      {self.log_id or 'cannot be reached'}",
            *(f"concern  {concern}" for concern in self.concerns),
        ]


async def look(runtime: Runtime, alembic: Config) -> Standing:
    """How this service stands now; the log gets 15 s to answer."""
    consumer = runtime.service.name
    async with runtime.engine.connect() as connection:
        unpublished, oldest, parked = (await connection.execute(QUEUES)).one()
        revision = await migrations.current(connection)
        positions = await _positions(connection, consumer)
    log_id, ends = await _ask_log(runtime)
    unread = sum(max(0, end - positions.get(place, (0, ""))[0]) for place, end in ends.items())
    return Standing(
        revision=revision,
        newest_revision=migrations.newest(alembic),
        unpublished=unpublished,
        oldest_seconds=float(oldest),
        parked=parked,
        unread=None if log_id is None else unread,
        log_id=log_id,
        known_logs=frozenset(known for _, known in positions.values()),
    )


async def _positions(connection: AsyncConnection, consumer: str) -> dict[Place, tuple[int, str]]:
    rows = await connection.execute(POSITIONS, {"consumer": consumer})
    return {Place(row.topic, row.partition): (row.next_offset, row.log_id) for row in rows}


async def _ask_log(runtime: Runtime) -> tuple[str | None, Mapping[Place, int]]:
    topics = [runtime.settings.topic_prefix + topic for topic in runtime.service.topics]
    with contextlib.suppress(Exception):  # whatever it is, the log did not answer, and that is the finding
        async with asyncio.timeout(ASK_SECONDS), open_log(runtime.settings, client="status") as log:
            await log.ensure_topics(topics)
            return log.log_id, await log.end_offsets(topics)
    return None, {}
