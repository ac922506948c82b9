"""The pytest fixtures of the kit; tests/conftest.py loads this plugin."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.eventlog.postgres import PostgresLog
from shared.telemetry.logs import configure_logging
from shared.testing.databases import Databases
from shared.testing.running import ISSUER, RunningService, run_service, service_named
from shared.testing.scratch import SharedServer
from shared.testing.world import World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERVICES = ("registry", "returns", "reintegration", "reporting")
Run = Callable[..., Awaitable[RunningService]]


@pytest.fixture(scope="session")
def test_folder() -> Path:
    """One folder per test run, the same for all its workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"single-{os.getpid()}"
    return Path(tempfile.gettempdir()) / f"wayhome-tests-{run}"


@pytest.fixture(scope="session")
def postgres(test_folder: Path) -> Iterator[str]:
    """The superuser address of this run's PostgreSQL server."""
    server = SharedServer(test_folder)
    yield server.join()
    server.leave()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def databases(postgres: str, test_folder: Path) -> AsyncIterator[Databases]:
    """Databases on demand."""
    found = Databases(postgres, test_folder)
    yield found
    await found.drop_all()


@pytest.fixture(scope="session")
def issuer() -> LocalIssuer:
    """The identity provider of the tests."""
    return LocalIssuer.generate(issuer=ISSUER)


@pytest.fixture
def clock() -> FixedClock:
    """The one clock of a test; it moves only when told to."""
    return FixedClock(START)


@pytest_asyncio.fixture(loop_scope="session")
async def running(databases: Databases, issuer: LocalIssuer, clock: FixedClock) -> AsyncIterator[Run]:
    """`await running("returns")`: that service on an empty database, app in process, no background parts."""
    async with AsyncExitStack() as stack:

        async def run(name: str, **settings: Any) -> RunningService:
            service = service_named(name)
            url = await databases.url_for(service)
            opened = run_service(service, url, issuer=issuer, clock=clock, **settings)
            return await stack.enter_async_context(opened)

        yield run


@pytest_asyncio.fixture(loop_scope="session")
async def world(databases: Databases, issuer: LocalIssuer, clock: FixedClock) -> AsyncIterator[World]:
    """All four services with their workers and a real event log between them."""
    async with AsyncExitStack() as stack:
        log_url = await databases.url_for_log()
        log = await PostgresLog.create(log_url)
        services: dict[str, RunningService] = {}
        for name in SERVICES:
            service = service_named(name)
            url = await databases.url_for(service)
            services[name] = await stack.enter_async_context(run_service(service, url, issuer=issuer, clock=clock))
        found = World(services, log)
        found.start()
        yield found
        await found.stop()
        await log.close()
    await databases.drop(log_url)


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> None:
    """Logs as in production, so that a failing test does not print what a request held."""
    configure_logging("tests", level=logging.ERROR)
