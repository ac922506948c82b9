"""Requests to hosts that the operator configured: the identity provider, our own services behind the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

TIMEOUT_SECONDS = 10.0
ConnectionFailed = httpx.TransportError  # for callers that may not import httpx


def trusted_client(
    base_url: str = "", *, headers: Mapping[str, str] | None = None, timeout: float = TIMEOUT_SECONDS
) -> httpx.AsyncClient:
    """A client for configured hosts; redirects are not followed and proxies of the environment not used.

    It keeps no cookies: one client carries the requests of many people, and a session belongs to one of them.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        headers=dict(headers or {}),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


async def fetch_json(url: str) -> Mapping[str, Any]:
    """A JSON object from a configured address; raises OSError when it cannot be had, ValueError when it is none."""
    try:
        async with trusted_client() as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        raise OSError(type(error).__name__) from error
    if answer.status_code != 200:
        raise OSError(f"status {answer.status_code}")
    document = answer.json()
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document
