"""Requests to addresses that partners named: no redirects, no proxies, one deadline for everything, little of the
answer; connections are kept per host.

httpcore's connections without its pool: the pool compares all connections with all at every request, which at a hundred
of them costs more than everything else together.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from shared.http.guarded_connection import AddressRefused, GuardedBackend, Names, Resolver

__all__ = ["AddressRefused", "Answered", "OutboundClient"]

ANSWER_BYTES = 2_048
CONNECT_SECONDS = 5.0
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
        self._kept: OrderedDict[str, list[httpcore.AsyncHTTPConnection]] = OrderedDict()

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answered:
        """Post once; raises AddressRefused, TimeoutError or OSError (anything between us and an answer)."""
        request = _request(url, content, headers, self._deadline)
        try:
            async with asyncio.timeout(self._deadline):
                async with self._connection(request.url.origin) as connection:
                    answer = await connection.handle_async_request(request)
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
        for kept in self._kept.values():
            for connection in kept:
                await connection.aclose()
        self._kept.clear()
        self._names.close()

    @asynccontextmanager
    async def _connection(self, origin: httpcore.Origin) -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        """A connection for one request; kept afterwards if it can be used again."""
        connection = await self._kept_connection(origin) or httpcore.AsyncHTTPConnection(
            origin, ssl_context=self._ssl, keepalive_expiry=IDLE_SECONDS, network_backend=self._backend
        )
        try:
            yield connection
        finally:
            if connection.is_idle() and not connection.is_closed():
                await self._keep(origin, connection)
            else:
                await connection.aclose()

    async def _kept_connection(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection | None:
        """The connection used last that is still open; expired ones are let go."""
        kept = self._kept.get(str(origin), [])
        while kept:
            connection = kept.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    async def _keep(self, origin: httpcore.Origin, connection: httpcore.AsyncHTTPConnection) -> None:
        kept = self._kept.setdefault(str(origin), [])
        self._kept.move_to_end(str(origin))
        kept.append(connection)
        stale = [kept.pop(0)] if len(kept) > KEPT_OF_A_HOST else []
        if len(self._kept) > HOSTS_REMEMBERED:
            stale += self._kept.popitem(last=False)[1]
        for old in stale:
            await old.aclose()


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
