"""The sample service with tracing on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.testing.databases import Databases
from shared.testing.running import RunningService
from tests.shared.kit.sample import running_sample
from tests.shared.telemetry.recorded import Recorded


@pytest.fixture
def recorded() -> Recorded:
    """What the traced service reports."""
    return Recorded()


@pytest_asyncio.fixture(loop_scope="session")
async def traced(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock, recorded: Recorded
) -> AsyncIterator[RunningService]:
    """The sample service, traced."""
    async with running_sample(databases, issuer, clock, tracing=recorded.tracing) as running:
        yield running
