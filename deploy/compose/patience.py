"""Connections for a play during which containers are killed: a read is asked again while its service is away.

Commands are repeated by the desks themselves, under their Idempotency-Key; acknowledged ones are counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from deploy.local.client import Lines
from shared.http.trusted import ConnectionFailed

AWAY = (502, 503)
PAUSE_SECONDS = 0.3
MOST_ATTEMPTS = 300


class PatientLines(Lines):
    """Lines on which nobody hangs up early; `acknowledged` has the key of every command that a service said yes to."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        super().__init__(addresses)
        self.acknowledged: set[str] = set()

    def to(self, path: str) -> Any:
        """The client for this path's service."""
        return _Patient(super().to(path), self.acknowledged)


class _Patient:
    def __init__(self, client: Any, acknowledged: set[str]) -> None:
        self._client = client
        self._acknowledged = acknowledged

    async def request(self, *arguments: Any, **options: Any) -> Any:
        answer = await self._client.request(*arguments, **options)
        key = options.get("headers", {}).get("Idempotency-Key")
        if key is not None and answer.status_code < 300:
            self._acknowledged.add(key)
        return answer

    async def get(self, *arguments: Any, **options: Any) -> Any:
        for _ in range(MOST_ATTEMPTS):
            try:
                answer = await self._client.get(*arguments, **options)
            except ConnectionFailed:
                answer = None
            if answer is not None and answer.status_code not in AWAY:
                return answer
            await asyncio.sleep(PAUSE_SECONDS)
        return await self._client.get(*arguments, **options)
