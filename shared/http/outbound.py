"""Requests to addresses that partners named: no redirects, no proxies, one deadline for everything, little of the
answer; every host has connections of its own."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from shared.http.guarded_connection import AddressRefused, GuardedBackend, Names, Resolver

__all__ = ["AddressRefused", "Answered", "OutboundClient"]

ANSWER_BYTES = 2_048
CONNECT_SECONDS = 5.0
CONNECTIONS_OF_A_HOST = 128
KEPT_OF_A_HOST = 64
IDLE_SECONDS = 30.0
HOSTS_REMEMBERED = 1_000
TIMED_OUT = (httpcore.TimeoutException,)
BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol)


@dataclass(frozen=True)
class Answered:
    """What the receiver said: the status, how long to wait if it said so, and the beginning of its body."""

    status: int
    retry_after_seconds: int | None
    body: bytes = b""


class OutboundClient:
    """Sends signed bodies to partners' addresses."""

    def __init__(
        self, *, allow_loopback: bool = False, deadline_seconds: float = 15.0, resolver: Resolver | None = None
    ) -> None:
        self._deadline = deadline_seconds
        self._names = Names()
        self._backend = GuardedBackend(allow_loopback=allow_loopback, resolver=resolver or self._names.resolve)
        self._ssl = httpx.create_ssl_context(trust_env=False)
        self._pools: OrderedDict[bytes, httpcore.AsyncConnectionPool] = OrderedDict()

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answered:
        """Post once; raises AddressRefused, TimeoutError or OSError (anything between us and an answer)."""
        request = _request(url, content, headers, self._deadline)
        try:
            async with asyncio.timeout(self._deadline):
                pool = await self._pool(request.url)
                answer = await pool.handle_async_request(request)
                try:
                    body = await _beginning(answer)
                finally:
                    await answer.aclose()
        except TIMED_OUT as error:
            raise TimeoutError from error
        except BROKEN as error:
            raise OSError(type(error).__name__) from error
        given = {name.lower(): value for name, value in answer.headers}
        return Answered(answer.status, _seconds(given.get(b"retry-after", b"").decode("latin-1")), body)

    async def close(self) -> None:
        """Let go of the connections."""
        for pool in self._pools.values():
            await pool.aclose()
        self._names.close()

    async def _pool(self, url: httpcore.URL) -> httpcore.AsyncConnectionPool:
        """The connections of this host; those of the host used longest ago are let go when there are too many."""
        place = b"%b://%b:%d" % (url.scheme, url.host, url.port or 0)
        pool = self._pools.get(place)
        if pool is None:
            pool = httpcore.AsyncConnectionPool(
                ssl_context=self._ssl,
                max_connections=CONNECTIONS_OF_A_HOST,
                max_keepalive_connections=KEPT_OF_A_HOST,
                keepalive_expiry=IDLE_SECONDS,
                network_backend=self._backend,
            )
            self._pools[place] = pool
        self._pools.move_to_end(place)
        if len(self._pools) > HOSTS_REMEMBERED:
            oldest, stale = next(iter(self._pools.items()))
            if not stale.connections or all(connection.is_idle() for connection in stale.connections):
                del self._pools[oldest]
                await stale.aclose()
        return pool


def _request(url: str, content: bytes, headers: Mapping[str, str], deadline: float) -> httpcore.Request:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise OSError("InvalidURL") from error
    target = httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)
    given = [(b"host", parsed.netloc), (b"content-length", b"%d" % len(content)), (b"accept", b"*/*")]
    given += [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
    timeout = {"connect": min(CONNECT_SECONDS, deadline), "read": deadline, "write": deadline, "pool": deadline}
    return httpcore.Request("POST", target, headers=given, content=content, extensions={"timeout": timeout})


async def _beginning(answer: httpcore.Response) -> bytes:
    """The body hardly matters and may be endless or lie about its length: read a little and stop."""
    taken = bytearray()
    async for chunk in answer.aiter_stream():
        taken += chunk
        if len(taken) >= ANSWER_BYTES:
            break
    return bytes(taken[:ANSWER_BYTES])


def _seconds(header: str) -> int | None:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); anything else is not an answer."""
    if header.isascii() and header.isdigit() and len(header) <= 9:
        return int(header)
    try:
        at = parsedate_to_datetime(header).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, round(at - time.time()))
