"""The sample service on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.database.engine import create_engine
from shared.testing.databases import Databases
from shared.testing.running import RunningService, run_service
from tests.shared.kit.sample import SERVICE, SampleTable


@pytest_asyncio.fixture(loop_scope="session")
async def sample(databases: Databases, issuer: LocalIssuer, clock: FixedClock) -> AsyncIterator[RunningService]:
    """The sample service, running."""
    url = await databases.url_for_log("sample")
    engine = create_engine(url, pool_size=1, application="sample-set-up")
    async with engine.begin() as connection:
        await connection.run_sync(SampleTable.metadata.create_all)
    await engine.dispose()
    async with run_service(SERVICE, url, issuer=issuer, clock=clock) as running:
        yield running
    await databases.drop(url)
