"""All four services in one test, joined by a real event log, with their workers running."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from shared.eventlog.protocol import EventLog
from shared.testing.eventually import eventually
from shared.testing.running import RunningService
from shared.worker import run_worker

WAITING = (
    "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,"
    " (SELECT count(*) FROM parked_event WHERE resolved_at IS NULL) AS parked"
)
OFFSETS = "SELECT topic, partition, next_offset FROM consumer_offset WHERE consumer = $1"


class World:
    """The running services by name and the log between them."""

    def __init__(self, services: Mapping[str, RunningService], log: EventLog) -> None:
        self._services = services
        self.log = log
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def __getattr__(self, name: str) -> RunningService:
        try:
            return self._services[name]
        except KeyError:
            raise AttributeError(name) from None

    def start(self) -> None:
        """Start every service's worker."""
        self._tasks = [
            asyncio.create_task(run_worker(service.runtime, self.log, self._stop))
            for service in self._services.values()
        ]

    async def stop(self) -> None:
        """Stop the workers as SIGTERM would."""
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def settle(self, *, within: float = 20.0) -> None:
        """Wait until every fact has travelled: outboxes empty and every consumer at the end of the log."""

        async def quiet() -> bool:
            for _ in range(2):  # a consumer may have published while we looked at another
                if await self._pending():
                    return False
            return True

        await eventually(quiet, within=within)

    async def parked(self) -> int:
        """Events parked in any service."""
        counts = [(await service.fetch(WAITING))[0]["parked"] for service in self._services.values()]
        return sum(counts)

    async def _pending(self) -> bool:
        for service in self._services.values():
            if (await service.fetch(WAITING))[0]["unpublished"]:
                return True
        for service in self._services.values():
            topics = service.runtime.service.topics
            if not topics:
                continue
            ends = await self.log.end_offsets(list(topics))
            rows = await service.fetch(OFFSETS, service.runtime.service.name)
            reached = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
            if any(reached.get(_place(place), 0) < end for place, end in ends.items()):
                return True
        return False


def _place(place: Any) -> tuple[str, int]:
    return (place.topic, place.partition) if hasattr(place, "topic") else (place[0], place[1])
