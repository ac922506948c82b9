"""The consumer loop: takes partitions, loads their positions from our own database, and processes batch by batch."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID, uuid4

import structlog
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.eventlog.protocol import EventLog, LogConsumer, LogRecord, Place
from shared.inbox.failures import is_transient
from shared.inbox.processor import Fenced, Holding, InboxProcessor

BATCH = 200
POLL_SECONDS = 1.0
LAG_SECONDS = 2.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0

TAKE = text(
    "INSERT INTO consumer_offset (consumer, topic, partition, next_offset, log_id, owner) "
    "VALUES (:consumer, :topic, :partition, 0, :log_id, :owner) "
    "ON CONFLICT (consumer, topic, partition) DO UPDATE SET owner = excluded.owner "
    "RETURNING next_offset, log_id"
)

OWNED = text("SELECT topic, partition FROM consumer_offset WHERE consumer = :consumer AND owner = :owner")


class AnotherLog(Exception):
    """Our positions belong to another log, or lie beyond the end of this one."""


@dataclass
class _Trouble:
    """A partition that waits for a transient failure to pass, with the records it still has to process."""

    records: Sequence[LogRecord]
    pause_seconds: float = FIRST_PAUSE_SECONDS
    due: float = 0.0


@dataclass
class _State:
    member: LogConsumer
    owner: UUID = field(default_factory=uuid4)
    trouble: dict[Place, _Trouble] = field(default_factory=dict)
    held: dict[Place, int] = field(default_factory=dict)
    lag_due: float = 0.0


class ConsumerLoop:
    """One member of the service's consumer group."""

    def __init__(
        self,
        *,
        processor: InboxProcessor,
        log: EventLog,
        topics: Sequence[str],
        readiness: dict[str, str] | None = None,
        on_lag: Callable[[Place, int], None] | None = None,
    ) -> None:
        self._processor = processor
        self._event_log = log
        self._topics = list(topics)
        self._readiness = readiness if readiness is not None else {}
        self._on_lag = on_lag or (lambda _place, _lag: None)
        self._log = structlog.get_logger("wayhome.consumer")

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; the batch in hand is finished first."""
        await self._event_log.ensure_topics(self._topics)
        state = _State(self._event_log.consumer(self._processor.consumer, self._topics))
        await state.member.start()
        try:
            while not stop.is_set():
                await self._step(state)
        finally:
            with contextlib.suppress(Exception):
                await state.member.stop()

    async def _step(self, state: _State) -> None:
        polled = await state.member.poll(max_records=BATCH, timeout_seconds=0.05 if state.trouble else POLL_SECONDS)
        for place in polled.revoked:
            state.held.pop(place, None)
            state.trouble.pop(place, None)
        if polled.assigned:
            await self._take(state, sorted(polled.assigned))
        for place, records in polled.records.items():
            await self._process(state, place, records)
        now = asyncio.get_running_loop().time()
        for place, trouble in list(state.trouble.items()):
            if now >= trouble.due:
                await self._process(state, place, trouble.records)
        if now >= state.lag_due:
            state.lag_due = now + LAG_SECONDS
            await self._let_go_of_lost(state)
            await self._look_at_ends(state)

    async def _let_go_of_lost(self, state: _State) -> None:
        """Where nothing arrives, nothing is fenced; a position that was reset must be noticed all the same."""
        with contextlib.suppress(Exception):  # asked again in a moment; until then the fence holds
            async with self._processor.units.begin(actor=Principal.system("assignment")) as uow:
                values = {"consumer": self._processor.consumer, "owner": state.owner}
                owned = {Place(*row) for row in (await uow.session.execute(OWNED, values)).all()}
            for place in state.held.keys() - owned:
                await self._let_go(state, place)

    async def _look_at_ends(self, state: _State) -> None:
        """Show the lag. An end before our position is another log, put in place of the one that we were reading."""
        ends: Mapping[Place, int] = {}
        with contextlib.suppress(Exception):  # the log may be away for a while
            async with asyncio.timeout(LAG_SECONDS):
                ends = await self._event_log.end_offsets(self._topics)
        for place, position in state.held.items():
            self._on_lag(place, max(0, ends.get(place, position) - position))
        if any(position > ends.get(place, position) for place, position in state.held.items()):
            self._refuse()

    def _refuse(self) -> NoReturn:
        self._readiness["event-log"] = (
            "The positions here belong to another log or lie beyond its end. If the log was lost, "
            "reset the positions and run `republish` in the publishing services (docs/operations.md)."
        )
        raise AnotherLog

    async def _take(self, state: _State, places: Sequence[Place]) -> None:
        """Write our token into the offset rows, then read on from them; the log's ends are asked for afterwards."""
        values = {"consumer": self._processor.consumer, "log_id": self._event_log.log_id, "owner": state.owner}
        taken: dict[Place, tuple[int, str]] = {}
        async with self._processor.units.begin(actor=Principal.system("assignment")) as uow:
            for place in places:
                where = {"topic": place.topic, "partition": place.partition}
                row = (await uow.session.execute(TAKE, {**values, **where})).one()
                taken[place] = (row.next_offset, row.log_id)
        ends = await self._event_log.end_offsets(sorted({place.topic for place in places}))
        for place, (following, log_id) in taken.items():
            if log_id != self._event_log.log_id or following > ends.get(place, 0):
                self._refuse()
        self._readiness.pop("event-log", None)
        for place, (following, _) in taken.items():
            state.held[place] = following
            state.member.seek(place, following)

    async def _process(self, state: _State, place: Place, records: Sequence[LogRecord]) -> None:
        position = state.held.get(place)
        if position is None:
            return  # not ours, or its position was never loaded: nothing may be taken from it
        fresh = [record for record in records if record.offset >= position]
        if not fresh:
            return
        try:
            following = await self._processor.process_batch(Holding(place, state.owner), fresh)
        except Fenced:
            await self._let_go(state, place)
            return
        except Exception as error:
            if not is_transient(error):
                raise
            self._wait(state, place, fresh)
            return
        state.held[place] = following
        if state.trouble.pop(place, None):
            state.member.resume(place)
        with contextlib.suppress(Exception):  # for display only
            await state.member.commit(place, following)

    async def _let_go(self, state: _State, place: Place) -> None:
        state.held.pop(place, None)
        state.trouble.pop(place, None)
        await state.member.release(place)

    def _wait(self, state: _State, place: Place, records: Sequence[LogRecord]) -> None:
        """Pause this partition and go on polling the others; nothing of it is skipped."""
        before = state.trouble.get(place)
        pause = min(before.pause_seconds * 2, LONGEST_PAUSE_SECONDS) if before else FIRST_PAUSE_SECONDS
        due = asyncio.get_running_loop().time() + pause
        state.trouble[place] = _Trouble(records=records, pause_seconds=pause, due=due)
        state.member.pause(place)
        self._log.warning("consumer.waits", topic=place.topic, partition=place.partition, seconds=pause)
