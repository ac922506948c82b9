"""A member of a consumer group on Kafka that yields nothing of a partition until our own position was loaded.

The client library installs a new assignment before its listener hears of it, and what a listener raises is swallowed;
so the listener here only notes names, and every record is checked against what was sought in this assignment.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from shared.eventlog.protocol import LogRecord, Place, Polled

SESSION_MILLISECONDS = 6_000
BEATS_PER_SESSION = 4
METADATA_MILLISECONDS = 10_000  # how soon a topic that was lost and made anew is noticed; by default five minutes
COMMIT_SECONDS = 1.0
RETAKE_SECONDS = 1.0
STOP_TIMEOUT_SECONDS = 3.0


class LogDiscontinuous(Exception):
    """The log does not go on where we were: it was lost and made anew, or records were deleted from it."""


class KafkaMember(ConsumerRebalanceListener):  # type: ignore[misc]  # the library is not typed
    """One member of a group reading some topics."""

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        group: str,
        topics: Sequence[str],
        session_milliseconds: int = SESSION_MILLISECONDS,
    ) -> None:
        self._session_milliseconds = session_milliseconds
        self._options = dict(options)
        self._group = group
        self._topics = list(topics)
        self._consumer: AIOKafkaConsumer | None = None
        self._positions: dict[Place, int] = {}
        self._assigned: set[Place] = set()
        self._revoked: set[Place] = set()
        self._commits: dict[Place, int] = {}
        self._commit_due = 0.0
        self._retake: dict[Place, float] = {}

    async def start(self) -> None:
        """Join the group."""
        self._consumer = AIOKafkaConsumer(
            **self._options,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=self._session_milliseconds,
            metadata_max_age_ms=METADATA_MILLISECONDS,
            heartbeat_interval_ms=self._session_milliseconds // BEATS_PER_SESSION,
        )
        self._consumer.subscribe(self._topics, listener=self)
        await self._consumer.start()

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Nothing of these may be taken from now on."""
        for place in map(_place, revoked):
            self._positions.pop(place, None)
            self._commits.pop(place, None)
            self._retake.pop(place, None)
            self._revoked.add(place)
        self._assigned -= {_place(partition) for partition in revoked}

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Ours now, but not to be read before `seek`."""
        places = {_place(partition) for partition in assigned}
        for place in places:
            self._positions.pop(place, None)
        self._assigned |= places
        self._client.pause(*assigned)

    async def poll(self, *, max_records: int, timeout_seconds: float) -> Polled:
        """Assignment changes and records; raises LogDiscontinuous when offsets do not go on where we were."""
        now = asyncio.get_running_loop().time()
        await self._commit_due_positions(now)
        if not self._changed(now):
            found = await self._client.getmany(timeout_ms=int(timeout_seconds * 1000), max_records=max_records)
        else:
            found = {}
        revoked, self._revoked = self._revoked, set()
        assigned, self._assigned = self._assigned, set()
        records = {
            _place(partition): self._checked(_place(partition), batch)
            for partition, batch in found.items()
            if _place(partition) in self._positions
        }
        return Polled(assigned=frozenset(assigned), revoked=frozenset(revoked), records=records)

    def _changed(self, now: float) -> bool:
        for place, due in list(self._retake.items()):
            if now >= due:
                del self._retake[place]
                if _partition(place) in self._client.assignment():
                    self._assigned.add(place)
        return bool(self._assigned or self._revoked)

    def _checked(self, place: Place, batch: Sequence[Any]) -> list[LogRecord]:
        for record in batch:
            if record.offset != self._positions[place]:
                raise LogDiscontinuous(
                    f"{place.topic}/{place.partition}: expected {self._positions[place]}, found {record.offset}"
                )
            self._positions[place] += 1
        return [LogRecord(place, record.offset, _text(record.key), record.value or b"") for record in batch]

    def seek(self, place: Place, offset: int) -> None:
        """Read this assigned partition from here on."""
        with contextlib.suppress(IllegalStateError):  # revoked meanwhile: the next poll says so
            self._client.seek(_partition(place), offset)
            self._client.resume(_partition(place))
            self._positions[place] = offset

    def pause(self, place: Place) -> None:
        """Yield nothing of this partition for now."""
        with contextlib.suppress(IllegalStateError):
            self._client.pause(_partition(place))

    def resume(self, place: Place) -> None:
        """Yield this partition again."""
        with contextlib.suppress(IllegalStateError):
            self._client.resume(_partition(place))

    async def release(self, place: Place) -> None:
        """Somebody else took it: read no more of it, and ask again a little later if it is still said to be ours."""
        self._positions.pop(place, None)
        self._commits.pop(place, None)
        self.pause(place)
        self._retake[place] = asyncio.get_running_loop().time() + RETAKE_SECONDS

    async def commit(self, place: Place, offset: int) -> None:
        """For display of the lag only, so it is gathered and told now and then."""
        self._commits[place] = offset

    async def stop(self) -> None:
        """Leave the group."""
        consumer, self._consumer = self._consumer, None
        self._positions.clear()
        if consumer is None:
            return
        with contextlib.suppress(Exception):  # the broker may be away
            async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
                if self._commits:
                    await consumer.commit(_positions(self._commits))
        with contextlib.suppress(Exception):
            async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
                await consumer.stop()

    async def _commit_due_positions(self, now: float) -> None:
        if now < self._commit_due or not self._commits:
            return
        self._commit_due = now + COMMIT_SECONDS
        told, self._commits = self._commits, {}
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
                await self._client.commit(_positions(told))

    @property
    def _client(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("the member has not joined its group")
        return self._consumer


def _place(partition: TopicPartition) -> Place:
    return Place(partition.topic, partition.partition)


def _partition(place: Place) -> TopicPartition:
    return TopicPartition(place.topic, place.partition)


def _positions(places: Mapping[Place, int]) -> dict[TopicPartition, int]:
    return {_partition(place): offset for place, offset in places.items()}


def _text(key: bytes | None) -> str:
    return (key or b"").decode(errors="replace")
