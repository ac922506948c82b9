"""A member of a group on the embedded log: one dedicated connection holds its partitions' advisory locks.

Lock and right to read are lost together with the connection. Shares are fair by heartbeat: each live member holds at
most its
share, gives back what is above it and takes free partitions below it. LISTEN wakes; a poll is the truth.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import zlib
from collections.abc import Sequence
from uuid import uuid4

import asyncpg

from shared.eventlog.protocol import LogRecord, Place, Polled

BALANCE_SECONDS = 0.5
ALIVE_SECONDS = 3.0
LOOK_SECONDS = 0.25
BEAT = (
    "INSERT INTO log_member (member, group_name, seen_at) VALUES ($1, $2, clock_timestamp()) "
    "ON CONFLICT (member) DO UPDATE SET seen_at = clock_timestamp()"
)
ALIVE = (
    "SELECT count(*) FROM log_member WHERE group_name = $1 AND seen_at > clock_timestamp() - make_interval(secs => $2)"
)
BURY = "DELETE FROM log_member WHERE seen_at < clock_timestamp() - interval '1 hour'"
ENDS = "SELECT topic, part, next_offset FROM log_partition WHERE topic = ANY($1::text[])"
READ = (
    'SELECT "offset", key, value FROM log_record WHERE topic = $1 AND part = $2 AND "offset" >= $3 '
    'ORDER BY "offset" LIMIT $4'
)
PROGRESS = (
    "INSERT INTO log_progress (group_name, topic, part, next_offset) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (group_name, topic, part) DO UPDATE SET next_offset = excluded.next_offset"
)


class PostgresMember:
    """One member of a group reading some topics."""

    def __init__(self, dsn: str, *, group: str, topics: Sequence[str], channel: str) -> None:
        self._dsn = dsn
        self._group = group
        self._topics = list(topics)
        self._channel = channel
        self._member = uuid4()
        self._connection: asyncpg.Connection | None = None
        self._held: set[Place] = set()
        self._positions: dict[Place, int] = {}
        self._paused: set[Place] = set()
        self._woken = asyncio.Event()
        self._balance_due = 0.0

    async def start(self) -> None:
        """Connect and listen."""
        self._connection = await asyncpg.connect(self._dsn, command_timeout=30)
        await self._connection.add_listener(self._channel, lambda *_: self._woken.set())
        self._balance_due = 0.0

    async def poll(self, *, max_records: int, timeout_seconds: float) -> Polled:
        """Assignment changes and records; a lost connection is a lost assignment and is re-made here."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            lost = await self._reconnected()
            assigned, revoked = await self._balanced(loop.time())
            self._woken.clear()
            records = await self._read(max_records)
            if assigned or revoked or lost or records:
                return Polled(assigned=frozenset(assigned), revoked=frozenset(revoked | lost), records=records)
            left = deadline - loop.time()
            if left <= 0:
                return Polled()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), min(left, LOOK_SECONDS))

    def seek(self, place: Place, offset: int) -> None:
        """Read this partition from here on."""
        if place in self._held:
            self._positions[place] = offset

    def pause(self, place: Place) -> None:
        """Yield nothing of this partition for now."""
        self._paused.add(place)

    def resume(self, place: Place) -> None:
        """Yield this partition again."""
        self._paused.discard(place)

    async def release(self, place: Place) -> None:
        """Give the partition back."""
        if place in self._held and self._connection is not None and not self._connection.is_closed():
            await self._connection.execute("SELECT pg_advisory_unlock($1, $2)", *self._lock(place))
        self._forget(place)

    async def commit(self, place: Place, offset: int) -> None:
        """For display of the lag only."""
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.execute(PROGRESS, self._group, place.topic, place.partition, offset)

    async def stop(self) -> None:
        """Leave the group."""
        connection, self._connection = self._connection, None
        self._held.clear()
        self._positions.clear()
        if connection is None or connection.is_closed():
            return
        with contextlib.suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
            await connection.execute("DELETE FROM log_member WHERE member = $1", self._member)
        await connection.close(timeout=2)

    async def _reconnected(self) -> set[Place]:
        if self._connection is not None and not self._connection.is_closed():
            return set()
        lost, self._held = self._held, set()
        self._positions.clear()
        self._paused.clear()
        await self.start()
        return lost

    async def _balanced(self, now: float) -> tuple[set[Place], set[Place]]:
        if now < self._balance_due or self._connection is None:
            return set(), set()
        self._balance_due = now + BALANCE_SECONDS
        await self._connection.execute(BEAT, self._member, self._group)
        await self._connection.execute(BURY)
        members = max(1, await self._connection.fetchval(ALIVE, self._group, ALIVE_SECONDS))
        rows = await self._connection.fetch(ENDS, self._topics)
        places = sorted(Place(row["topic"], row["part"]) for row in rows)
        share = math.ceil(len(places) / members)
        revoked = set(sorted(self._held)[share:])
        for place in revoked:
            await self.release(place)
        assigned: set[Place] = set()
        for place in places:
            if len(self._held) >= share:
                break
            if place not in self._held and await self._take(place):
                assigned.add(place)
        return assigned, revoked

    async def _take(self, place: Place) -> bool:
        assert self._connection is not None  # noqa: S101 - checked by the caller
        if not await self._connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", *self._lock(place)):
            return False
        self._held.add(place)
        return True

    async def _read(self, max_records: int) -> dict[Place, list[LogRecord]]:
        ready = [place for place in self._positions if place not in self._paused]
        if not ready or self._connection is None:
            return {}
        ends = {
            Place(row["topic"], row["part"]): row["next_offset"]
            for row in await self._connection.fetch(ENDS, self._topics)
        }
        found: dict[Place, list[LogRecord]] = {}
        for place in ready:
            position = self._positions[place]
            if ends.get(place, 0) <= position:
                continue
            rows = await self._connection.fetch(READ, place.topic, place.partition, position, max_records)
            if rows:
                found[place] = [LogRecord(place, row["offset"], row["key"], bytes(row["value"])) for row in rows]
                self._positions[place] = rows[-1]["offset"] + 1
        return found

    def _forget(self, place: Place) -> None:
        self._held.discard(place)
        self._positions.pop(place, None)
        self._paused.discard(place)

    def _lock(self, place: Place) -> tuple[int, int]:
        name = zlib.crc32(f"{self._group}|{place.topic}".encode())
        return name - (1 << 31), place.partition
