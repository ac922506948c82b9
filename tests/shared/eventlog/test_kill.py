"""`kill -9` of a real process between any two steps of relay and consumer: no loss, no doubled effect, order kept."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from shared.testing.eventually import eventually
from tests.shared.eventlog.pair import Pair

pytestmark = pytest.mark.asyncio(loop_scope="session")
STEPS = ("read", "sent", "marked", "effects", "offset", "committed")


async def child(couple: Pair, step: str, times: int) -> asyncio.subprocess.Process:
    engine = couple.engine
    arguments = [engine.name, engine.url, engine.prefix, couple.producer_url, couple.consumer_url, step, str(times)]
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.shared.eventlog.child", *arguments)


async def fill(couple: Pair, start: int, end: int) -> None:
    for number in range(start, end):
        await asyncio.gather(*(couple.count(f"k{key}", number) for key in range(6)))


async def finish(couple: Pair, last: int) -> None:
    survivor = await child(couple, "never", 1)
    expected = {f"k{key}": list(range(1, last + 1)) for key in range(6)}

    async def complete() -> bool:
        return await couple.seen_count() >= 6 * last and await couple.unpublished() == 0

    try:
        await eventually(complete, within=30)
    finally:
        survivor.terminate()
        await survivor.wait()
    assert survivor.returncode == 0
    assert await couple.seen() == expected
    assert await couple.parked() == []


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_a_step_nothing_is_lost_or_doubled(couple: Pair, step: str) -> None:
    await fill(couple, 1, 6)
    victim = await child(couple, step, 1)
    assert await asyncio.wait_for(victim.wait(), 30) == -signal.SIGKILL
    await fill(couple, 6, 9)
    again = await child(couple, step, 1)
    assert await asyncio.wait_for(again.wait(), 30) == -signal.SIGKILL
    await finish(couple, 8)


async def test_killed_again_and_again_while_facts_arrive(couple: Pair) -> None:
    last = 0
    for round_number, step in enumerate(STEPS):
        await fill(couple, last + 1, last + 3)
        last += 2
        victim = await child(couple, step, 1 + round_number % 2)
        try:
            await asyncio.wait_for(victim.wait(), 3)
        except TimeoutError:
            victim.kill()
            await victim.wait()
    await finish(couple, last)
