"""The sender of webhooks is killed without warning, twice, with another beside it: nothing is lost, order is kept."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.testing.eventually import eventually
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.registry.queued import queue, recipients
from tests.registry.receiver import Receiver, receiver

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
CASES = int(os.environ.get("WAYHOME_KILLED_SENDER_CASES", "24"))
FACTS, DEADLINE_SECONDS = 3, 1.0
WAITING = "SELECT count(*) AS waiting FROM delivery WHERE status = 'pending'"


@asynccontextmanager
async def sender(service: RunningService) -> AsyncIterator[asyncio.subprocess.Process]:
    """A sender of its own, in a process of its own."""
    command = (sys.executable, "-m", "tests.registry.sender_process")
    url = service.runtime.settings.database_url.get_secret_value()
    process = await asyncio.create_subprocess_exec(*command, url, str(DEADLINE_SECONDS))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


def order_of(hook: Receiver) -> dict[str, list[int]]:
    """The numbers of each case in the order in which they first arrived."""
    seen: dict[str, list[int]] = defaultdict(list)
    for body in hook.bodies:
        reference, number = body["data"]["agency_case_ref"], body["data"]["sequence"]
        if number not in seen[reference]:
            seen[reference].append(number)
    return seen


async def test_nothing_is_lost_and_order_is_kept_when_senders_are_killed(running: Run) -> None:
    service = await running("registry")
    async with receiver() as hook:
        await queue(service.runtime, await recipients(service.runtime, [hook.url] * 2), cases=CASES // 2, facts=FACTS)
        for share in (1, 2):
            async with sender(service) as first, sender(service):
                await eventually(lambda share=share: len(hook.got) >= share * CASES * FACTS // 4, within=60)
                first.kill()
                await first.wait()

        async def all_done() -> bool:
            return (await service.fetch(WAITING))[0]["waiting"] == 0

        async with sender(service):
            await eventually(all_done, within=60)
    assert len(order_of(hook)) == CASES
    assert set(map(tuple, order_of(hook).values())) == {tuple(range(1, FACTS + 1))}
    states = await service.fetch("SELECT DISTINCT status, delivered_at IS NOT NULL AS told FROM delivery")
    assert [(row["status"], row["told"]) for row in states] == [("delivered", True)]
    made = await service.published("registry.delivery.made.v1")
    assert len(made) == len({json.dumps(event.data["delivery_id"]) for event in made}) == CASES * FACTS
