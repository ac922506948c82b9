"""A process that relays and consumes until it kills itself at a named step; run by test_kill.py."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from shared.database.engine import create_engine
from shared.inbox.consumer import ConsumerLoop
from shared.inbox.processor import InboxProcessor
from shared.outbox.relay import Relay
from tests.shared.eventlog.engines import client_of
from tests.shared.eventlog.pair import SUBSCRIPTIONS, units_on


class Fault:
    """Dies as `kill -9` would when a step was passed for the nth time."""

    def __init__(self, step: str, times: int) -> None:
        self._step = step
        self._left = times

    def __call__(self, step: str) -> None:
        """Told about each step."""
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def main(
    engine_name: str, log_url: str, prefix: str, producer_url: str, consumer_url: str, step: str, times: int
) -> None:
    """Work until killed or told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    fault = Fault(step, times)
    log = await client_of(engine_name, log_url, prefix)
    engine = create_engine(consumer_url, pool_size=4, application="child")
    relay = Relay(dsn=producer_url, log=log, service_name="sample", topic_prefix=prefix, between=fault)
    processor = InboxProcessor(
        service_name="ledger", subscriptions=SUBSCRIPTIONS, units=units_on(engine), between=fault
    )
    loop = ConsumerLoop(processor=processor, log=log, topics=[f"{prefix}sample"])
    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run(stop))
        group.create_task(loop.run(stop))
    await engine.dispose()
    await log.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:7], int(sys.argv[7])))
