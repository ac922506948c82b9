"""Opening a case over HTTP, beside a bare handler that writes the same rows; the two take turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.state import free_port
from shared.settings import ServiceSettings
from tests.bench.figures import Measured, Size
from tests.bench.ground import Ground
from tests.bench.processes import (
    CONNECTIONS,
    issuing,
    make_programme_known,
    migrate,
    put_under_load,
    service_environment,
    serving,
)

NAME = "case creation"
WARM_SECONDS = 1.0


async def create_cases(ground: Ground, size: Size) -> Measured:
    """Requests per second and their delays with eight connections."""
    found = Measured(NAME, "none", notes={"connections": CONNECTIONS})
    async with _both(ground) as (real, bare, token):
        for port in (real, bare):
            await put_under_load(port, token, seconds=WARM_SECONDS)
        for turn in range(size.repeat):
            for side, port in (("ours", real), ("bare", bare)):
                seen = await put_under_load(port, token, seconds=size.load_seconds)
                found.rate(side, len(seen.seconds), seen.lasted)
                found.delays(side, seen.seconds)
            rates = [found.ours["per second"][-1], found.bare["per second"][-1]]
            ground.say(f"{NAME}, {turn + 1} of {size.repeat}: {rates[0]:,.0f}/s, bare {rates[1]:,.0f}/s")
    return found


@asynccontextmanager
async def _both(ground: Ground) -> AsyncIterator[tuple[int, int, str]]:
    """The ports of the service and of the bare handler, and a token."""
    async with issuing() as issuer, ground.database() as url:
        port, bare_port, token = free_port(), free_port(), issuer.token()
        environment = service_environment(ground, "returns", url, port, issuer)
        await migrate(ground, "returns", environment)
        await make_programme_known(url)
        ready = f"http://127.0.0.1:{port}/returns/health/ready"
        async with serving(ground, "returns", ["services.returns", "api"], environment, ready):
            await put_under_load(port, token, seconds=0.001, per_second=1)  # the one case that is copied
        async with ground.database(template=url) as bare_url:
            bare = {
                "BENCH_DATABASE_URL": bare_url,
                "BENCH_PORT": str(bare_port),
                "BENCH_POOL_SIZE": str(ServiceSettings.model_fields["pool_size_api"].default),
            }
            bare_ready = f"http://127.0.0.1:{bare_port}/ready"
            async with (
                serving(ground, "returns", ["services.returns", "api"], environment, ready),
                serving(ground, "bare", ["tests.bench.bare_returns"], bare, bare_ready),
            ):
                yield port, bare_port, token
