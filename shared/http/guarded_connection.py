"""Connections to addresses that partners named: resolved, checked, and dialled at exactly the address that was checked.

The guard sits inside the connection: a name that leads elsewhere a moment later, a number in an odd notation or an IPv4
address in an IPv6 coat is judged by where it leads, not by how it is written.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpcore

from shared.http.addresses import is_loopback, is_refused

Resolver = Callable[[str, int], Awaitable[list[str]]]
RESOLVING_AT_ONCE = 32


class AddressRefused(Exception):
    """The name leads to an address nothing may be sent to."""


class Names:
    """Resolves names in threads of its own, each name once at a time: one that hangs takes one thread, not all."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVING_AT_ONCE, thread_name_prefix="resolve")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def resolve(self, host: str, port: int) -> list[str]:
        """Every address of a name; raises OSError."""
        asked = self._asked.get((host, port))
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host, port)
            self._asked[host, port] = asked
            asked.add_done_callback(lambda _: self._asked.pop((host, port), None))
        return await asyncio.shield(asked)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int) -> list[str]:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except UnicodeError as error:
        raise OSError("not a name") from error


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Refuses if ANY address of a name is refused, and connects to one of the addresses it checked."""

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
        """Connect to a checked address; the next one if the first does not answer."""
        try:
            addresses = await self._resolver(host, port)
        except OSError as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        if not addresses or any(self._refuses(address) for address in addresses):
            raise AddressRefused
        *others, last = list(dict.fromkeys(addresses))
        for address in others:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._backend.connect_tcp(last, port, timeout, local_address, socket_options)

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
