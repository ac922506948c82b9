"""From the answer to a command in returns to the row in reporting's database, with both as processes of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

import asyncpg

from deploy.local.state import free_port
from tests.bench.figures import PACE_PER_SECOND, Measured, Size
from tests.bench.ground import Ground
from tests.bench.processes import (
    issuing,
    make_programme_known,
    migrate,
    put_under_load,
    service_environment,
    serving,
)

NAME = "commit to visible in reporting"
LOOK_SECONDS = 0.002
LOOK = "SELECT case_id FROM case_fact WHERE case_id > $1"
BEHIND_SECONDS = 2.0
THOROUGH_EVERY = 100
WITHIN_SECONDS = 30.0
WARM_SECONDS = 2.0


@dataclass
class Watch:
    """Looks for new rows every two milliseconds; case ids are ordered by time, so old rows are not looked at again."""

    connection: asyncpg.Connection
    at: dict[UUID, float] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Look until cancelled."""
        floor, recent, before = UUID(int=0), [(time.monotonic(), UUID(int=0))], time.monotonic()
        while True:
            thorough = len(self.gaps) % THOROUGH_EVERY == 0  # a straggler may lie below what is looked at
            rows = await self.connection.fetch(LOOK, UUID(int=0) if thorough else floor)
            now = time.monotonic()
            self.gaps.append(now - before)
            before = now
            for (case_id,) in rows:
                if case_id not in self.at:
                    self.at[case_id] = now
                    recent.append((now, case_id))
            while len(recent) > 1 and recent[0][0] < now - BEHIND_SECONDS:
                floor = max(floor, recent.pop(0)[1])
            await asyncio.sleep(LOOK_SECONDS)

    @classmethod
    @asynccontextmanager
    async def over(cls, url: str) -> AsyncIterator[Self]:
        """A watch on a connection of its own until the block ends."""
        connection = await asyncpg.connect(url)
        watch = cls(connection)
        task = asyncio.create_task(watch.run())
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await connection.close()

    async def saw(self, cases: list[UUID]) -> None:
        """Wait until all of these are visible."""
        async with asyncio.timeout(WITHIN_SECONDS):
            while not all(case in self.at for case in cases):
                await asyncio.sleep(0.02)


async def become_visible(ground: Ground, engine: str, size: Size) -> Measured:
    """Delays at fifty commands per second."""
    found = Measured(NAME, engine, notes={"looked every ms": LOOK_SECONDS * 1000})
    async with _house(ground, engine) as (port, token, url), Watch.over(url) as watch:
        await _one_turn(watch, port, token, WARM_SECONDS)
        for turn in range(size.repeat):
            watch.gaps.clear()
            found.delays("ours", await _one_turn(watch, port, token, size.visible_seconds))
            resolution = max(found.notes.get("resolution ms", 0.0), sorted(watch.gaps)[len(watch.gaps) // 2] * 1000)
            found.notes["resolution ms"] = round(resolution, 2)
            ground.say(f"{NAME}, {engine}, {turn + 1} of {size.repeat}: p50 {found.ours['p50 ms'][-1]:.1f} ms")
    return found


async def _one_turn(watch: Watch, port: int, token: str, seconds: float) -> list[float]:
    seen = await put_under_load(port, token, seconds=seconds, per_second=PACE_PER_SECOND)
    cases = [UUID(location.rsplit("/", 1)[-1]) for location in seen.locations]
    await watch.saw(cases)
    return [watch.at[case] - ended for case, ended in zip(cases, seen.ended, strict=True)]


@asynccontextmanager
async def _house(ground: Ground, engine: str) -> AsyncIterator[tuple[int, str, str]]:
    """Returns and reporting on one log: the port of returns, a token, and reporting's database."""
    async with issuing() as issuer, ground.database() as returns_url, ground.database() as reporting_url:
        ports = {"returns": free_port(), "reporting": free_port()}
        environments = {
            name: service_environment(ground, name, url, ports[name], issuer) | ground.log_environment(engine)
            for name, url in (("returns", returns_url), ("reporting", reporting_url))
        }
        await asyncio.gather(*(migrate(ground, name, environments[name]) for name in ports))
        await make_programme_known(returns_url)
        ready = {name: f"http://127.0.0.1:{port}/{name}/health/ready" for name, port in ports.items()}
        async with (
            serving(ground, "returns", ["services.returns", "all"], environments["returns"], ready["returns"]),
            serving(ground, "reporting", ["services.reporting", "all"], environments["reporting"], ready["reporting"]),
        ):
            yield ports["returns"], issuer.token(), reporting_url
