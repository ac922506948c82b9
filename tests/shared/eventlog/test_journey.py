"""Relay and consumer together: nothing lost, nothing doubled, order kept, whatever joins, leaves or fails."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.eventlog.protocol import EventLog, Place, Record
from shared.ids import new_id
from shared.inbox.consumer import TAKE, AnotherLog
from shared.inbox.parked import list_parked, replay_parked
from shared.inbox.processor import Fenced, Holding
from shared.testing.eventually import eventually
from tests.shared.eventlog.pair import Counted, Pair, working

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def everything_seen(couple: Pair, expected: dict[str, list[int]], within: float = 20) -> None:
    total = sum(len(numbers) for numbers in expected.values())

    async def complete() -> bool:
        return await couple.seen_count() >= total and await couple.unpublished() == 0

    await eventually(complete, within=within)
    assert await couple.seen() == expected


async def test_thirty_two_writers_with_late_commits_lose_nothing(couple: Pair, log: EventLog) -> None:
    chance = random.Random(7)
    pauses = {(writer, number): chance.random() * 0.02 for writer in range(32) for number in range(8)}
    next_number: dict[str, int] = {}

    async def write(writer: int) -> None:
        key = f"k{writer % 10}"
        for number in range(8):
            async with couple.producer.begin(actor=Principal.system("test")) as uow:
                locked = text("SELECT pg_advisory_xact_lock(hashtext(:key))")
                await uow.session.execute(locked, {"key": key})
                next_number[key] = next_number.get(key, 0) + 1
                uow.publish(Counted(thing=key, number=next_number[key]))
                await asyncio.sleep(pauses[writer, number])  # an open transaction, not a wait for something

    async with working(couple.relay(log), couple.loop(log)):
        await asyncio.gather(*(write(writer) for writer in range(32)))
        await everything_seen(couple, {key: list(range(1, last + 1)) for key, last in next_number.items()})


async def test_two_relays_and_three_consumers_keep_order(couple: Pair, log: EventLog) -> None:
    async with working(*(couple.relay(log) for _ in range(2)), *(couple.loop(log) for _ in range(3))):
        for number in range(1, 11):
            await asyncio.gather(*(couple.count(f"k{key}", number) for key in range(20)))
        await everything_seen(couple, {f"k{key}": list(range(1, 11)) for key in range(20)})


async def test_members_join_and_leave_in_the_middle(couple: Pair, log: EventLog) -> None:
    async with working(couple.relay(log), couple.loop(log)):
        for number in range(1, 5):
            await asyncio.gather(*(couple.count(f"k{key}", number) for key in range(10)))
        async with working(couple.relay(log), couple.loop(log), couple.loop(log)):
            for number in range(5, 9):
                await asyncio.gather(*(couple.count(f"k{key}", number) for key in range(10)))
        for number in range(9, 12):
            await asyncio.gather(*(couple.count(f"k{key}", number) for key in range(10)))
        await everything_seen(couple, {f"k{key}": list(range(1, 12)) for key in range(10)})


async def test_a_fact_sent_twice_has_one_effect(couple: Pair, log: EventLog) -> None:
    for number in (1, 2, 3):
        await couple.count("a", number)
    rows = await couple.rows(couple.producer_url, "SELECT key, envelope FROM outbox ORDER BY position")
    await log.append(couple.engine.topic, [Record(row["key"], bytes(row["envelope"])) for row in rows])
    async with working(couple.relay(log), couple.loop(log)):
        await everything_seen(couple, {"a": [1, 2, 3]})

        async def all_read() -> bool:
            positions = await couple.rows(couple.consumer_url, "SELECT sum(next_offset) AS n FROM consumer_offset")
            return int(positions[0]["n"] or 0) == 6

        await eventually(all_read)
    assert await couple.seen() == {"a": [1, 2, 3]}


async def test_poison_is_parked_with_its_followers_and_replayed_in_order(couple: Pair, log: EventLog) -> None:
    await couple.rows(couple.consumer_url, "INSERT INTO poison VALUES ('a', 2)")
    async with working(couple.relay(log), couple.loop(log)):
        for number in range(1, 5):
            await couple.count("a", number)
            await couple.count("b", number)

        async def parked() -> bool:
            return len(await couple.parked()) == 3 and (await couple.seen()).get("b") == [1, 2, 3, 4]

        await eventually(parked)
    entries = await list_parked(couple.consumer, "ledger")
    assert [entry.reason for entry in entries] == ["Poisoned", "WaitsBehindParked", "WaitsBehindParked"]
    assert [entry.behind for entry in entries] == [None, entries[0].id, entries[0].id]
    assert await replay_parked(couple.processor(), entries[0].id) == 0
    assert len(await couple.parked()) == 3
    await couple.rows(couple.consumer_url, "DELETE FROM poison")
    assert await replay_parked(couple.processor(), entries[0].id) == 3
    assert await couple.seen() == {"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}
    assert await replay_parked(couple.processor(), entries[0].id) == 0


async def test_bytes_that_are_no_envelope_are_parked_and_the_rest_goes_on(couple: Pair, log: EventLog) -> None:
    await log.ensure_topics([couple.engine.topic])
    await log.append(couple.engine.topic, [Record("a", b"\xff not an envelope")])
    await couple.count("a", 1)
    async with working(couple.relay(log), couple.loop(log)):

        async def both() -> bool:
            return len(await couple.parked()) >= 1 and await couple.unpublished() == 0

        await eventually(both)

        async def read() -> bool:
            positions = await couple.rows(couple.consumer_url, "SELECT sum(next_offset) AS n FROM consumer_offset")
            return int(positions[0]["n"] or 0) == 2

        await eventually(read)
    assert {row["reason"] for row in await couple.parked()} == {"UnreadableEnvelope", "WaitsBehindParked"}


async def test_a_zombie_is_fenced(couple: Pair, log: EventLog) -> None:
    await couple.count("a", 1)
    envelope = bytes((await couple.rows(couple.producer_url, "SELECT envelope FROM outbox"))[0]["envelope"])
    await log.append(couple.engine.topic, [Record("a", envelope)])
    zombie = Holding(Place(couple.engine.topic, 0), new_id())
    from shared.eventlog.protocol import LogRecord

    async def take(holding: Holding) -> None:
        async with couple.consumer.begin(actor=Principal.system("test")) as uow:
            values = {"consumer": "ledger", "topic": couple.engine.topic, "partition": 0, "log_id": log.log_id}
            await uow.session.execute(TAKE, {**values, "owner": holding.owner})

    await take(zombie)
    await take(Holding(zombie.place, new_id()))
    record = LogRecord(zombie.place, 0, "a", envelope)
    with pytest.raises(Fenced):
        await couple.processor().process_batch(zombie, [record])
    assert await couple.seen_count() == 0


async def test_positions_of_another_log_are_refused_with_advice(couple: Pair, log: EventLog) -> None:
    readiness: dict[str, str] = {}
    await couple.count("a", 1)
    async with working(couple.relay(log), couple.loop(log)):
        await everything_seen(couple, {"a": [1]})
    await couple.rows(couple.consumer_url, "UPDATE consumer_offset SET log_id = 'another'")
    from shared.inbox.consumer import ConsumerLoop

    loop = ConsumerLoop(processor=couple.processor(), log=log, topics=[couple.engine.topic], readiness=readiness)
    with pytest.raises(AnotherLog):
        await loop.run(asyncio.Event())
    assert "republish" in readiness["event-log"]
