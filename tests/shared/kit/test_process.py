"""A service as a real process: it serves, works in the background, and leaves cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import sys

import pytest

from shared.http.trusted import ConnectionFailed, trusted_client
from shared.testing.databases import Databases
from shared.testing.eventually import eventually
from shared.testing.running import service_named

pytestmark = pytest.mark.asyncio(loop_scope="session")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_all_serves_and_drains_on_sigterm(databases: Databases) -> None:
    port = free_port()
    log_url = await databases.url_for_log()
    environment = {
        **os.environ,
        "WAYHOME_REPORTING_DATABASE_URL": await databases.url_for(service_named("reporting")),
        "WAYHOME_REPORTING_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "WAYHOME_REPORTING_PORT": str(port),
        "WAYHOME_LOG_URL": log_url,
        "WAYHOME_OIDC_ISSUER": "https://identity.test",
        "WAYHOME_OIDC_JWKS_URL": "https://identity.test/jwks",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.reporting", "all", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with trusted_client(f"http://127.0.0.1:{port}") as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/reporting/health/ready")).status_code == 200
                except ConnectionFailed:
                    return False

            await eventually(ready, within=30)
            assert (await client.get("/reporting/v1/returns")).status_code == 401
    finally:
        process.terminate()
        code = await asyncio.wait_for(process.wait(), 20)
    assert code == 0
    await databases.drop(log_url)
