"""Webhooks: how many a sender delivers to receivers that take 100 ms each, and whether bad receivers delay the others.

Beside the first: the same bodies signed and posted, without consent checks, numbers, register and log of attempts.
Beside the second: the same deliveries while every receiver is well.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from deploy.local.children import Child, stop_all
from deploy.local.state import free_port
from services.registry.commands import send_deliveries
from services.registry.persistence.tables import RegistryTable
from services.registry.service import SERVICE
from shared.http.outbound import OutboundClient
from shared.protection.signatures import SigningKey, signed_headers
from shared.service import Runtime, open_runtime
from shared.testing.running import test_settings as settings_of
from tests.bench.figures import Measured, Size, paced
from tests.bench.ground import Ground
from tests.registry.queued import ADMINISTRATOR, queue, queue_case, recipients

NAME, FAIR = "webhook deliveries", "webhooks beside bad receivers"
LATENCY_MILLISECONDS, SLOW_MILLISECONDS = 100, 10_000
ENDPOINTS, BURST_ENDPOINTS = 50, 20
BODY = b'{"type": "departed", "timestamp": "2026-03-02T09:00:00Z", "data": {"on": "2026-03-02", "sequence": 1}}' * 3
PENDING = "SELECT count(*) FROM delivery WHERE status = 'pending'"
TIMES = (
    "SELECT extract(epoch FROM a.at) - extract(epoch FROM d.created_at) FROM delivery d"
    " JOIN delivery_attempt a ON a.delivery_id = d.id AND a.status = 204 WHERE d.recipient_id = ANY($1)"
)


async def deliver(ground: Ground, size: Size) -> Measured:
    """A backlog over twenty endpoints, one case each delivery, until the last is recorded as delivered."""
    found = Measured(NAME, "none", notes={"latency ms": LATENCY_MILLISECONDS, "endpoints": BURST_ENDPOINTS})
    count = size.events // 5
    async with _answering(ground, LATENCY_MILLISECONDS) as url:
        for turn in range(size.repeat):
            async with _registry(ground) as runtime:
                partners = await recipients(runtime, [url] * BURST_ENDPOINTS)
                await queue(runtime, partners, cases=count // BURST_ENDPOINTS)
                found.rate("ours", count, await _sent(runtime))
            found.rate("bare", count, await _posted(url, count))
            rates = [found.ours["per second"][-1], found.bare["per second"][-1]]
            ground.say(f"{NAME}, {turn + 1} of {size.repeat}: {rates[0]:,.0f}/s, bare {rates[1]:,.0f}/s")
    return found


async def deliver_beside_bad_ones(ground: Ground, size: Size) -> Measured:
    """Commit to recorded 2xx at 48 endpoints that are well, while one is dead and one takes ten seconds."""
    found = Measured(FAIR, "none", notes={"endpoints": ENDPOINTS, "per second": 50})
    async with AsyncExitStack() as stack:
        well = await stack.enter_async_context(_answering(ground, LATENCY_MILLISECONDS))
        slow = await stack.enter_async_context(_answering(ground, SLOW_MILLISECONDS))
        dead = f"http://127.0.0.1:{free_port()}/"
        for turn in range(size.repeat):
            for side, two in (("bare", [well, well]), ("ours", [dead, slow])):
                async with _registry(ground) as runtime:
                    partners = await recipients(runtime, [*two, *[well] * (ENDPOINTS - 2)])
                    found.delays(side, await _paced_delays(runtime, partners, size.paced_seconds * 2))
            tails = [found.ours["p99 ms"][-1], found.bare["p99 ms"][-1]]
            ground.say(f"{FAIR}, {turn + 1} of {size.repeat}: p99 {tails[0]:,.0f} ms, all well {tails[1]:,.0f} ms")
    return found


async def _paced_delays(runtime: Runtime, partners: list[UUID], seconds: float) -> list[float]:
    async def command(number: int) -> None:
        async with runtime.units.begin(actor=ADMINISTRATOR) as uow:
            await queue_case(uow, partners[number % len(partners)])

    async with _sending(runtime):
        await paced(seconds, command)
        await _until(lambda: _waiting(runtime, partners[2:]))
    async with runtime.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        return [float(row[0]) for row in await driver.fetch(TIMES, partners[2:])]


async def _sent(runtime: Runtime) -> float:
    began = time.perf_counter()
    async with _sending(runtime):
        await _until(lambda: _waiting(runtime))
        return time.perf_counter() - began


async def _waiting(runtime: Runtime, partners: list[UUID] | None = None) -> int:
    async with runtime.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        statement = PENDING + (" AND recipient_id = ANY($1)" if partners else "")
        return int(await driver.fetchval(statement, *([partners] if partners else [])))


async def _until(left: Callable[[], Awaitable[int]]) -> None:
    while await left():
        await asyncio.sleep(0.1)


async def _posted(url: str, count: int) -> float:
    """The same number of signed posts with as many under way."""
    client, key, slots = OutboundClient(allow_loopback=True), SigningKey.generate(), asyncio.Semaphore(512)

    async def one(number: int) -> None:
        async with slots:
            headers = signed_headers([key], f"msg_{number}", int(time.time()), BODY)
            await client.post(url, content=BODY, headers=headers)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    taken = time.perf_counter() - began
    await client.close()
    return taken


@asynccontextmanager
async def _registry(ground: Ground) -> AsyncIterator[Runtime]:
    async with (
        ground.database(RegistryTable.metadata) as url,
        open_runtime(SERVICE, settings_of(SERVICE, url), pool_size=8) as runtime,
    ):
        yield runtime


@asynccontextmanager
async def _sending(runtime: Runtime) -> AsyncIterator[None]:
    """The sender as a worker runs it."""
    stop = asyncio.Event()
    running = asyncio.create_task(send_deliveries.run(runtime, stop))
    try:
        yield
    finally:
        stop.set()
        await running


@asynccontextmanager
async def _answering(ground: Ground, milliseconds: int) -> AsyncIterator[str]:
    """A receiver in a process of its own."""
    port = free_port()
    arguments = ["tests.bench.slow_receiver", str(port), str(milliseconds)]
    child = Child("receiver", arguments, environment={}, log=ground.folder / f"receiver-{milliseconds}.log")
    try:
        await _listening(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        await stop_all([child])


async def _listening(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
