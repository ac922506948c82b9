"""A service as a real process: it serves, works in the background, keeps its limits, and leaves cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.http.trusted import ConnectionFailed, trusted_client
from shared.testing.databases import Databases
from shared.testing.eventually import eventually
from shared.testing.running import service_named
from tests.shared.kit.connection import Line, said, status

pytestmark = pytest.mark.asyncio(loop_scope="session")
LIVE = b"GET /returns/health/live HTTP/1.1\r\nHost: service.test\r\n"
LAST = LIVE + b"Connection: close\r\n\r\n"
POST = b"POST /returns/v1/cases HTTP/1.1\r\nHost: service.test\r\nContent-Type: application/json\r\n"
LIMITS = {
    "MAX_HEADERS": "20",
    "MAX_HEAD_BYTES": "4096",
    "MAX_BODY_BYTES": "2048",
    "MAX_CONNECTIONS": "8",
    "HEAD_SECONDS": "0.5",
    "BODY_SECONDS": "0.5",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def returns(databases: Databases, **settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The service from the command line with these settings, ready, and its port."""
    port = free_port()
    log_url = await databases.url_for_log()
    own = {
        "DATABASE_URL": await databases.url_for(service_named("returns")),
        "MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "PORT": str(port),
        **settings,
    }
    environment = {
        **os.environ,
        **{f"WAYHOME_RETURNS_{name}": value for name, value in own.items()},
        "WAYHOME_LOG_URL": log_url,
        "WAYHOME_OIDC_ISSUER": "https://identity.test",
        "WAYHOME_OIDC_JWKS_URL": "https://identity.test/jwks",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.returns", "all", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await eventually(lambda: answers(port), within=30)
        yield process, port
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)
        await databases.drop(log_url)


async def answers(port: int) -> bool:
    """Whether the service says that it is ready."""
    async with trusted_client(f"http://127.0.0.1:{port}") as client:
        try:
            return (await client.get("/returns/health/ready")).status_code == 200
        except ConnectionFailed:
            return False


async def test_all_serves_and_drains_on_sigterm(databases: Databases) -> None:
    async with returns(databases) as (process, port):
        async with trusted_client(f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/returns/v1/cases")).status_code == 401
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_process_keeps_the_limits_it_was_told(databases: Databases) -> None:
    async with returns(databases, **LIMITS) as (process, port):
        assert status(await said(port, LIVE + b"a: b\r\n" * 21 + b"\r\n")) == 431
        assert status(await said(port, LIVE + b"a: " + b"b" * 5_000 + b"\r\n\r\n")) == 431
        assert status(await said(port, b"GET /" + b"a" * 3_000 + b" HTTP/1.1\r\n\r\n")) == 414
        assert status(await said(port, POST + b"Content-Length: 2049\r\n\r\n")) == 413
        assert status(await said(port, LIVE)) == 408  # a head that is never finished
        assert status(await said(port, POST + b"Content-Length: 10\r\n\r\n{")) == 408
        assert await said(port, b"") == b""  # a caller who never says anything
        silent = [await Line.to(port) for _ in range(8)]
        assert status(await said(port, LAST)) == 503
        for line in silent:
            await line.close()
        await eventually(lambda: answers(port))
        assert status(await said(port, LAST)) == 200
        assert process.returncode is None
