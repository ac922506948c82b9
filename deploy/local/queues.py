"""How far the facts have travelled: what waits in outboxes, what is parked, what is not read yet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from deploy.local.event_log import log_ends
from shared.eventlog.kafka import LogUnavailable
from shared.eventlog.protocol import Place

WAITING = (
    "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,"
    " (SELECT count(*) FROM parked_event WHERE resolved_at IS NULL) AS parked"
)
UNREACHABLE = (OSError, asyncpg.PostgresError, LogUnavailable)
"""What asking comes to while a server is down, starts or recovers."""
OFFSETS = "SELECT topic, partition, next_offset FROM consumer_offset WHERE consumer = $1"
PARKED = (
    "SELECT id, type, key, error_class, parked_at, behind FROM parked_event"
    " WHERE resolved_at IS NULL ORDER BY parked_at"
)


@dataclass(frozen=True)
class Queue:
    """The queues of one service."""

    service: str
    unpublished: int
    parked: int
    unread: int

    @property
    def quiet(self) -> bool:
        """Nothing on its way; parked events do not move and do not count here."""
        return self.unpublished == 0 and self.unread == 0


async def look(databases: Mapping[str, str]) -> list[Queue]:
    """The queues of every service now; `databases` are the addresses by service, and `log`."""
    ends = await log_ends(databases["log"])
    names = [name for name in databases if name != "log"]
    return list(await asyncio.gather(*(_look_at(name, databases[name], ends) for name in names)))


async def _look_at(name: str, address: str, ends: Mapping[Place, int]) -> Queue:
    waiting = (await fetch(address, WAITING))[0]
    rows = await fetch(address, OFFSETS, name)
    reached = {Place(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    topics = {topic for topic, _ in reached}
    unread = sum(max(0, end - reached.get(place, 0)) for place, end in ends.items() if place[0] in topics)
    return Queue(name, waiting["unpublished"], waiting["parked"], unread)


async def settle(databases: Mapping[str, str], *, within: float) -> list[Queue]:
    """Wait until nothing is on its way any more; raises TimeoutError with what still is."""
    deadline = time.monotonic() + within
    quiet = 0
    while True:
        queues = await look(databases)
        quiet = quiet + 1 if all(queue.quiet for queue in queues) else 0
        if quiet == 2:  # a consumer may have published while we looked at another service
            return queues
        if time.monotonic() > deadline:
            raise TimeoutError(f"facts are still on their way after {within:.0f} s: {queues}")
        await asyncio.sleep(0.1)


async def parked_events(databases: Mapping[str, str]) -> list[tuple[str, asyncpg.Record]]:
    """Every parked event with the service it waits in."""
    found = []
    for name, address in databases.items():
        if name != "log":
            found += [(name, row) for row in await fetch(address, PARKED)]
    return found


async def fetch(address: str, statement: str, *values: object) -> list[asyncpg.Record]:
    """Rows of one question on a connection of its own."""
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()
