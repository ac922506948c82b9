"""A client that talks to an ASGI app inside this process; used by tests of services and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from shared.ids import new_id


class InProcessClient(httpx.AsyncClient):
    """Like any HTTP client; gives every POST an Idempotency-Key unless the caller did."""

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        """Send a request."""
        headers = httpx.Headers(options.pop("headers", None) or {})
        if method.upper() == "POST" and "idempotency-key" not in headers:
            headers["Idempotency-Key"] = str(new_id())
        return await super().request(method, url, headers=headers, **options)


def in_process_client(app: Any, *, headers: Mapping[str, str], address: str = "127.0.0.1") -> InProcessClient:
    """A client for this app with these headers on every request, coming from an address."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 40_000))
    return InProcessClient(transport=transport, base_url="http://service.test", headers=dict(headers))
