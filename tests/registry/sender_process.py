"""python -m tests.registry.sender_process <database url> <deadline in seconds>: the sender of webhooks, to be killed."""

from __future__ import annotations

import asyncio
import signal
import sys

from services.registry.commands import send_deliveries
from services.registry.service import SERVICE
from shared.service import open_runtime
from shared.testing.running import test_settings as settings_of


async def main(database_url: str, deadline: float) -> None:
    """Send until SIGTERM."""
    quick = {"delivery_deadline_seconds": deadline, "delivery_record_seconds": deadline}
    settings = settings_of(SERVICE, database_url, **quick)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_runtime(SERVICE, settings, pool_size=4) as runtime:
        await send_deliveries.run(runtime, stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
