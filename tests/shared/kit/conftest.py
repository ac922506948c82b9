"""The sample service on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.testing.databases import Databases
from shared.testing.running import RunningService
from tests.shared.kit.sample import running_sample


@pytest_asyncio.fixture(loop_scope="session")
async def sample(databases: Databases, issuer: LocalIssuer, clock: FixedClock) -> AsyncIterator[RunningService]:
    """The sample service, running."""
    async with running_sample(databases, issuer, clock) as running:
        yield running
