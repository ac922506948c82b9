"""One address for everything: routes on the first path segment and never strips it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from shared.http.callers import FORWARDED, Network, caller_of
from shared.http.trusted import ConnectionFailed, trusted_client

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"host",
    )
)
WHO_CAME = frozenset((FORWARDED.encode(), b"forwarded", b"x-real-ip"))
"""What callers say of their own address is never handed on: the gateway says whom it has seen."""
UPSTREAM_TIMEOUT_SECONDS = 60.0
LARGEST_BODY_BYTES = 8 * 1_048_576
BODY_SECONDS = 30.0


class CallerLeft(Exception):
    """Before the body was complete: there is nothing to hand on and nobody to answer."""


class Gateway:
    """A reverse proxy for the services, with a few local apps beside them."""

    def __init__(
        self,
        upstreams: Mapping[str, str],
        apps: Mapping[str, App],
        *,
        body_seconds: float = BODY_SECONDS,
        trusted_hops: Sequence[Network] = (),
    ) -> None:
        self._body_seconds = body_seconds
        self._trusted_hops = trusted_hops
        self._clients = {
            name: trusted_client(address, timeout=UPSTREAM_TIMEOUT_SECONDS) for name, address in upstreams.items()
        }
        self._apps = dict(apps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to whom it belongs."""
        if scope["type"] != "http":
            return
        first = scope["path"].split("/", 2)[1]
        if first in self._apps:
            await self._apps[first](scope, receive, send)
        elif first in self._clients:
            await self._forward(first, scope, receive, send)
        else:
            await answer(send, 404, {"title": "Nothing here", "status": 404, "services": sorted(self._clients)})

    async def _forward(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await read_body(receive)
        except CallerLeft:
            return
        except TimeoutError:
            late = {"title": "The request did not arrive in time", "status": 408}
            await answer(send, 408, late, headers=[(b"connection", b"close")])
            return
        if body is None:
            await answer(send, 413, {"title": "The body is too large", "status": 413})
            return
        client = self._clients[name]
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = [(key, value) for key, value in scope["headers"] if key not in HOP_BY_HOP | WHO_CAME]
        headers.append((FORWARDED.encode(), self._caller(scope).encode()))
        request = client.build_request(scope["method"], target, headers=headers, content=body)
        try:
            response = await client.send(request, stream=True)
        except ConnectionFailed:
            problem = {"title": "The service does not answer", "status": 502, "service": name}
            await answer(send, 502, problem, headers=[(b"retry-after", b"1")])
            return
        try:
            kept = [(key.lower(), value) for key, value in response.headers.raw if key.lower() not in HOP_BY_HOP]
            await send({"type": "http.response.start", "status": response.status_code, "headers": kept})
            async for chunk in response.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await response.aclose()

    def _caller(self, scope: Scope) -> str:
        """Whom the gateway has seen; what stands in front of it is believed only where that is configured."""
        said = [value.decode("latin-1") for key, value in scope["headers"] if key == FORWARDED.encode()]
        return caller_of((scope.get("client") or ("",))[0], said, self._trusted_hops).partition("/")[0]

    async def close(self) -> None:
        """Close the connections to the services."""
        for client in self._clients.values():
            await client.aclose()


async def read_body(receive: Receive) -> bytes | None:
    """The whole request body; None if it is larger than we take. Raises CallerLeft."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY_BYTES:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


async def answer(
    send: Send,
    status: int,
    content: Any,
    *,
    headers: list[tuple[bytes, bytes]] | None = None,
    kind: str | None = None,
) -> None:
    """A small JSON answer."""
    media = kind or ("application/problem+json" if status >= 400 else "application/json")
    start = [(b"content-type", media.encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": json.dumps(content).encode() if content is not None else b""})


def issuer_app(jwks: Mapping[str, Any], configuration: Mapping[str, Any]) -> App:
    """The public half of the local issuer: keys and discovery; tokens are made by `wayhome token` only."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/identity/jwks":
            await answer(send, 200, dict(jwks))
        elif scope["path"] == "/identity/.well-known/openid-configuration":
            await answer(send, 200, dict(configuration))
        else:
            await answer(send, 404, {"title": "Nothing here", "status": 404})

    return app
