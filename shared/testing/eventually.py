"""Wait for something to become so, and say what was seen last when it did not."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any


async def eventually(probe: Callable[[], Any], *, within: float = 10.0, every: float = 0.02) -> Any:
    """The probe's first truthy answer; raises AssertionError with the last sample after `within` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        sample = probe()
        if inspect.isawaitable(sample):
            sample = await sample
        if sample:
            return sample
        if loop.time() > deadline:
            raise AssertionError(f"not so within {within} s; last seen: {sample!r}")
        await asyncio.sleep(every)
