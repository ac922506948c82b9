"""The log is lost while its readers run: they refuse what was put in its place, until somebody decides."""

from __future__ import annotations

import asyncio
import contextlib

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.auth.principal import Principal
from shared.eventlog.protocol import EventLog
from shared.inbox.consumer import ConsumerLoop
from shared.inbox.positions import reset_positions
from shared.testing.eventually import eventually
from tests.shared.eventlog.pair import Pair, working

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def lose(couple: Pair, log: EventLog) -> None:
    """Empty the topic under everybody's feet."""
    if couple.engine.name == "kafka":
        admin = AIOKafkaAdminClient(bootstrap_servers=couple.engine.url)
        await admin.start()
        await admin.delete_topics([couple.engine.topic])

        async def gone() -> bool:
            return couple.engine.topic not in await admin.list_topics()

        await eventually(gone, within=10)
        await admin.close()
        await log.ensure_topics([couple.engine.topic])
        return
    connection = await asyncpg.connect(couple.engine.url)
    await connection.execute("DELETE FROM log_record")
    await connection.execute("UPDATE log_partition SET next_offset = 0")
    await connection.close()


async def kept_running(loop: ConsumerLoop, stop: asyncio.Event) -> None:
    """As a worker does: a part that fails is started again."""
    while not stop.is_set():
        with contextlib.suppress(Exception):
            await loop.run(stop)
        await asyncio.sleep(0.1)


async def test_a_running_reader_refuses_the_log_that_took_the_place_of_its_own(couple: Pair, log: EventLog) -> None:
    readiness: dict[str, str] = {}
    loop = ConsumerLoop(processor=couple.processor(), log=log, topics=[couple.engine.topic], readiness=readiness)
    stop = asyncio.Event()
    async with working(couple.relay(log)):
        for number in (1, 2, 3):
            await couple.count("a", number)
        reading = asyncio.create_task(kept_running(loop, stop))
        await eventually(lambda: _seen(couple, 3), within=20)
        await lose(couple, log)
        await eventually(lambda: "event-log" in readiness, within=40)
        async with couple.consumer.begin(actor=Principal.system("test")) as uow:
            await reset_positions(uow, "ledger")
        await eventually(lambda: "event-log" not in readiness, within=40)
        await couple.count("a", 4)
        await eventually(lambda: _seen(couple, 4), within=40)
        stop.set()
        await reading
    assert await couple.seen() == {"a": [1, 2, 3, 4]}


async def _seen(couple: Pair, count: int) -> bool:
    return await couple.seen_count() == count
