"""The relay: how many waiting facts it brings to the log, and how soon a single one is acknowledged."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import Any

import asyncpg

from services.returns.persistence.tables import ReturnsTable
from shared.auth.principal import Principal
from shared.clock import SystemClock
from shared.database.engine import create_engine
from shared.database.units import Units
from shared.eventlog.protocol import EventLog, Record
from shared.outbox.relay import BATCH, Relay
from shared.protection.vault import Vault
from tests.bench.bare_log import bare_log
from tests.bench.facts import TOPIC, Fact, commit_to_outbox, opened, sealed_facts
from tests.bench.figures import Measured, Size, paced
from tests.bench.ground import Ground, new_prefix, ready_topic

BURST, BEHIND = "relay burst", "relay burst behind what is kept"
DELAY = "relay commit to acknowledgement"
WRITER = Principal.system("bench")
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"


class TimedRelay(Relay):
    """Knows when it first looked for facts: connecting and taking its shards come before."""

    began: float | None = None

    async def publish_once(self, connection: asyncpg.Connection) -> int:
        """One batch."""
        if self.began is None:
            self.began = time.perf_counter()
        return await super().publish_once(connection)


async def burst(ground: Ground, engine: str, size: Size) -> Measured:
    """Facts that wait in the outbox, brought to the log and marked by one relay."""
    found = Measured(BURST, engine)
    facts = sealed_facts(size.events, size.keys)
    found.notes["bytes of an envelope"] = round(sum(len(fact.envelope) for fact in facts) / len(facts))
    async with ground.database(ReturnsTable.metadata) as url, ground.log(engine) as log:
        for turn in range(size.repeat):
            await commit_to_outbox(url, facts)
            found.rate("ours", size.events, await relay_all(url, log, size.events))
            found.rate("bare", size.events, await _append_all(ground, engine, facts))
            ground.say(f"{BURST}, {engine}, {turn + 1} of {size.repeat}: {found.ours['per second'][-1]:,.0f}/s")
    return found


async def burst_behind_kept(ground: Ground, engine: str, size: Size) -> Measured:
    """The same where the outbox still keeps what was published in the last days, as it does in production."""
    found = Measured(BEHIND, engine, notes={"kept": size.kept})
    facts = sealed_facts(size.events, size.keys)
    async with ground.database(ReturnsTable.metadata) as url, ground.log(engine) as log:
        for turn in range(size.repeat):
            await commit_to_outbox(url, facts, kept=size.kept)
            found.rate("ours", size.events, await relay_all(url, log, size.events))
            ground.say(f"{BEHIND}, {engine}, {turn + 1} of {size.repeat}: {found.ours['per second'][-1]:,.0f}/s")
    return found


async def _append_all(ground: Ground, engine: str, facts: Sequence[Fact]) -> float:
    async with bare_log(ground, engine) as bare:
        await bare.append(facts[:BATCH])
        began = time.perf_counter()
        for start in range(0, len(facts), BATCH):
            await bare.append(facts[start : start + BATCH])
        return time.perf_counter() - began


async def relay_all(url: str, log: EventLog, expected: int) -> float:
    """Run one relay until it has published that many; the seconds it took."""
    stop, published, ended, prefix = asyncio.Event(), 0, 0.0, new_prefix()
    await ready_topic(log, prefix + TOPIC)

    def on_published(count: int) -> None:
        nonlocal published, ended
        published += count
        if published >= expected:
            ended = time.perf_counter()
            stop.set()

    relay = TimedRelay(dsn=url, log=log, service_name=TOPIC, topic_prefix=prefix, on_published=on_published)
    await relay.run(stop)
    connection = await asyncpg.connect(url)
    left = await connection.fetchval(UNPUBLISHED)
    await connection.close()
    if relay.began is None or left or published != expected:
        raise RuntimeError(f"the relay published {published} of {expected} facts and left {left}")
    return ended - relay.began


class Acknowledging:
    """A log that notes when it acknowledged which key."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.at: dict[str, float] = {}

    async def append(self, topic: str, records: Sequence[Record]) -> Sequence[bool]:
        """Append and note the moment."""
        outcome = await self._log.append(topic, records)
        now = time.perf_counter()
        self.at.update((record.key, now) for record, durable in zip(records, outcome, strict=True) if durable)
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


async def delay(ground: Ground, engine: str, size: Size) -> Measured:
    """From the commit's return to the log's acknowledgement; the relay woken by the commit, as in a service."""
    found = Measured(DELAY, engine)
    async with ground.database(ReturnsTable.metadata) as url, ground.log(engine) as log:
        for turn in range(size.repeat):
            found.delays("ours", await _relayed(url, log, size.paced_seconds))
            found.delays("bare", await _sent(ground, engine, size.paced_seconds))
            ground.say(f"{DELAY}, {engine}, {turn + 1} of {size.repeat}: p50 {found.ours['p50 ms'][-1]:.1f} ms")
    return found


async def _relayed(url: str, log: EventLog, seconds: float) -> list[float]:
    watched, committed, wake, stop = Acknowledging(log), {}, asyncio.Event(), asyncio.Event()
    prefix = new_prefix()
    await ready_topic(log, prefix + TOPIC)
    engine = create_engine(url, pool_size=4, application="writer")
    units = Units(engine=engine, clock=SystemClock(), vault=Vault(TOPIC, bytes(32)), wake_relay=wake.set)
    relay = Relay(dsn=url, log=watched, service_name=TOPIC, topic_prefix=prefix, wake=wake)

    async def command(_number: int) -> None:
        case = uuid.uuid4()
        async with units.begin(actor=WRITER) as uow:
            uow.publish(opened(case))
            uow.after_commit(lambda: committed.setdefault(str(case), time.perf_counter()))

    running = asyncio.create_task(relay.run(stop))
    try:
        while not relay.shards:
            await asyncio.sleep(0.02)
        await paced(0.5, command)  # connections and statements are made once
        await asyncio.sleep(0.5)
        committed.clear()
        await paced(seconds, command)
        while not committed.keys() <= watched.at.keys():
            await asyncio.sleep(0.02)
    finally:
        stop.set()
        await running
        await engine.dispose()
    return [watched.at[key] - at for key, at in committed.items()]


async def _sent(ground: Ground, engine: str, seconds: float) -> list[float]:
    taken: list[float] = []
    facts = sealed_facts(1000, 1000)
    async with bare_log(ground, engine) as bare:
        await bare.append(facts[:1])

        async def send(number: int) -> None:
            began = time.perf_counter()
            await bare.append([facts[number]])
            taken.append(time.perf_counter() - began)

        await paced(seconds, send)
    return taken
