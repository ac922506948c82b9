"""What an event log is to the rest of the house: a few promises that both engines keep.

Promises: records of one append to one key stay in order; an append that returned true for a record is durable;
offsets of a partition
are gapless in the embedded engine and increasing in both; a newly assigned partition yields nothing until `seek` was
called for it in
this assignment, so a record can never be taken before the position in the service's own database was read.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

PARTITIONS = 12


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True)
class Record:
    """Something to append."""

    key: str
    value: bytes


@dataclass(frozen=True)
class LogRecord:
    """Something read."""

    place: Place
    offset: int
    key: str
    value: bytes


@dataclass
class Polled:
    """What one poll brought: changes of the assignment first, then records by partition."""

    assigned: frozenset[Place] = frozenset()
    revoked: frozenset[Place] = frozenset()
    records: Mapping[Place, Sequence[LogRecord]] = field(default_factory=dict)


def partition_of(key: str) -> int:
    """The partition of a key; fixed for ever."""
    return zlib.crc32(key.encode()) % PARTITIONS


class LogConsumer(Protocol):
    """One member of a group."""

    async def start(self) -> None:
        """Join the group."""
        ...

    async def poll(self, *, max_records: int, timeout_seconds: float) -> Polled:
        """Assignment changes and up to `max_records` per ready partition; empty after the timeout."""
        ...

    def seek(self, place: Place, offset: int) -> None:
        """Read this assigned partition from here on."""
        ...

    def pause(self, place: Place) -> None:
        """Yield nothing of this partition for now."""
        ...

    def resume(self, place: Place) -> None:
        """Yield this partition again."""
        ...

    async def release(self, place: Place) -> None:
        """Give the partition back; it may be assigned anew, here or elsewhere."""
        ...

    async def commit(self, place: Place, offset: int) -> None:
        """Tell the log how far we are, for display of the lag only."""
        ...

    async def stop(self) -> None:
        """Leave the group."""
        ...


class EventLog(Protocol):
    """An append-only log of topics with twelve partitions each."""

    @property
    def log_id(self) -> str:
        """Identity of this log; another value means another log."""
        ...

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create topics that are not there."""
        ...

    async def append(self, topic: str, records: Sequence[Record]) -> Sequence[bool]:
        """Append in order; for each record whether it is durably in the log. An exception means: not known."""
        ...

    def consumer(self, group: str, topics: Sequence[str]) -> LogConsumer:
        """A new member of a group reading these topics."""
        ...

    async def end_offsets(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """The offset the next record of each partition will get."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...
