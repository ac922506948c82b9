"""The log's own promises: durable, ordered per key, gapless, one reader per partition."""

from __future__ import annotations

import asyncio

import pytest

from shared.eventlog.protocol import EventLog, LogConsumer, Place, Record, partition_of
from shared.testing.eventually import eventually
from tests.shared.eventlog.engines import Engine

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def read_everything(consumer: LogConsumer, expected: int) -> list[tuple[Place, int, bytes]]:
    found: list[tuple[Place, int, bytes]] = []

    async def enough() -> bool:
        polled = await consumer.poll(max_records=100, timeout_seconds=0.2)
        for place in polled.assigned:
            consumer.seek(place, 0)
        for place, records in polled.records.items():
            found.extend((place, record.offset, record.value) for record in records)
        return len(found) >= expected

    await eventually(enough)
    return found


async def test_what_was_appended_is_read_in_order_per_key(log: EventLog, log_engine: Engine) -> None:
    for number in range(50):
        outcome = await log.append(log_engine.topic, [Record(f"k{number % 5}", str(number).encode())])
        assert list(outcome) == [True]
    consumer = log.consumer("reader", [log_engine.topic])
    await consumer.start()
    found = await read_everything(consumer, 50)
    await consumer.stop()
    for key in range(5):
        place = Place(log_engine.topic, partition_of(f"k{key}"))
        values = [int(value) for where, _, value in found if where == place and int(value) % 5 == key]
        assert values == sorted(values)
    assert len(found) == 50


async def test_concurrent_writers_leave_no_gap(log: EventLog, log_engine: Engine) -> None:
    async def write(writer: int) -> None:
        for number in range(10):
            await log.append(log_engine.topic, [Record(f"w{writer}-{part}", b"x") for part in range(number % 4 + 1)])

    await asyncio.gather(*(write(writer) for writer in range(16)))
    total = 16 * sum(number % 4 + 1 for number in range(10))
    consumer = log.consumer("reader", [log_engine.topic])
    await consumer.start()
    found = await read_everything(consumer, total)
    await consumer.stop()
    ends = await log.end_offsets([log_engine.topic])
    for place, end in ends.items():
        assert sorted(offset for where, offset, _ in found if where == place) == list(range(end))


async def test_an_assigned_partition_yields_nothing_before_seek(log: EventLog, log_engine: Engine) -> None:
    await log.append(log_engine.topic, [Record("a", b"1")])
    consumer = log.consumer("reader", [log_engine.topic])
    await consumer.start()
    first = await consumer.poll(max_records=10, timeout_seconds=0.5)
    second = await consumer.poll(max_records=10, timeout_seconds=0.3)
    await consumer.stop()
    assert len(first.assigned) == 12
    assert not first.records
    assert not second.records


async def test_members_share_the_partitions_and_take_over_from_one_that_leaves(
    log: EventLog, log_engine: Engine
) -> None:
    members = [log.consumer("group", [log_engine.topic]) for _ in range(3)]
    holds: list[set[Place]] = [set(), set(), set()]
    for member in members:
        await member.start()

    async def balanced() -> bool:
        for index, member in enumerate(members):
            polled = await member.poll(max_records=1, timeout_seconds=0.05)
            holds[index] = (holds[index] - polled.revoked) | polled.assigned
        return all(len(held) == 4 for held in holds) and len(holds[0] | holds[1] | holds[2]) == 12

    await eventually(balanced)
    await members[0].stop()
    holds[0] = set()

    async def taken_over() -> bool:
        for index in (1, 2):
            polled = await members[index].poll(max_records=1, timeout_seconds=0.05)
            holds[index] = (holds[index] - polled.revoked) | polled.assigned
        return len(holds[1] | holds[2]) == 12

    await eventually(taken_over)
    for member in members[1:]:
        await member.stop()


async def test_the_log_keeps_its_identity(log: EventLog, log_engine: Engine) -> None:
    async with log_engine.opened() as again:
        await again.ensure_topics([log_engine.topic])
        assert again.log_id == log.log_id
