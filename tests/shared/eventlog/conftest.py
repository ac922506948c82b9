"""An engine per test, and one or two sample services around it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.eventlog.protocol import EventLog
from shared.testing.databases import Databases
from tests.shared.eventlog.engines import ENGINES, Engine, engine
from tests.shared.eventlog.pair import Pair, pair


@pytest_asyncio.fixture(loop_scope="session", params=ENGINES)
async def log_engine(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Engine]:
    """An empty log."""
    async with engine(request.param, databases) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def log(log_engine: Engine) -> AsyncIterator[EventLog]:
    """A client of the log with its topic made."""
    async with log_engine.opened() as found:
        await found.ensure_topics([log_engine.topic])
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def couple(log_engine: Engine, databases: Databases) -> AsyncIterator[Pair]:
    """A producing and a consuming service database."""
    async with pair(log_engine, databases) as found:
        yield found
