"""Requests to addresses that partners named: the guard sits inside the connection, so the address checked is the
address dialled."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from shared.http.addresses import is_loopback, is_refused

Resolver = Callable[[str, int], Awaitable[list[str]]]
ANSWER_BYTES = 2_048
CONNECT_SECONDS = 5.0


class AddressRefused(Exception):
    """The name leads to an address nothing may be sent to."""


@dataclass(frozen=True)
class Answered:
    """What the receiver said: the status, and how long to wait if it said so."""

    status: int
    retry_after_seconds: int | None


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, refuses if ANY address is refused, and connects to exactly the address it checked."""

    def __init__(self, *, allow_loopback: bool, resolver: Resolver) -> None:
        self._backend = httpcore.AnyIOBackend()
        self._allow_loopback = allow_loopback
        self._resolver = resolver

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a checked address."""
        try:
            addresses = await self._resolver(host, port)
        except OSError as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        if not addresses or any(self._refuses(address) for address in addresses):
            raise AddressRefused
        return await self._backend.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *_arguments: Any, **_options: Any) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise AddressRefused

    async def sleep(self, seconds: float) -> None:
        """Between httpcore's own retries."""
        await self._backend.sleep(seconds)

    def _refuses(self, address: str) -> bool:
        if self._allow_loopback and is_loopback(address):
            return False
        return is_refused(address)


class OutboundClient:
    """Sends signed bodies to partners' addresses: no redirects, no proxies, one deadline for everything."""

    def __init__(
        self, *, allow_loopback: bool = False, deadline_seconds: float = 15.0, resolver: Resolver = resolve
    ) -> None:
        self._deadline = deadline_seconds
        transport = httpx.AsyncHTTPTransport(trust_env=False)
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=100,
            network_backend=_GuardedBackend(allow_loopback=allow_loopback, resolver=resolver),
        )
        timeout = httpx.Timeout(deadline_seconds, connect=CONNECT_SECONDS)
        self._client = httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answered:
        """Post once; raises AddressRefused, TimeoutError or OSError (anything between us and an answer)."""
        try:
            async with asyncio.timeout(self._deadline):
                request = self._client.build_request("POST", url, content=content, headers=dict(headers))
                answer = await self._client.send(request, stream=True)
                try:
                    await _read_little(answer)
                finally:
                    await answer.aclose()
        except httpx.TimeoutException as error:
            raise TimeoutError from error
        except httpx.HTTPError as error:
            raise OSError(type(error).__name__) from error
        return Answered(answer.status_code, _seconds(answer.headers.get("retry-after")))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


async def _read_little(answer: httpx.Response) -> None:
    """The body does not matter and may be endless or lie about its length: read a little and stop."""
    taken = 0
    async for chunk in answer.aiter_raw():
        taken += len(chunk)
        if taken >= ANSWER_BYTES:
            return


def _seconds(header: str | None) -> int | None:
    return int(header) if header is not None and header.isdigit() and len(header) <= 9 else None
