"""Connections for a play during which containers are killed: a read is asked again while its service is away.

Commands are repeated by the desks themselves, under their Idempotency-Key.
"""

from __future__ import annotations

import asyncio
from typing import Any

from deploy.local.client import Lines
from shared.http.trusted import ConnectionFailed

AWAY = (502, 503)
PAUSE_SECONDS = 0.3
MOST_ATTEMPTS = 300


class PatientLines(Lines):
    """Lines on which nobody hangs up early."""

    def to(self, path: str) -> Any:
        """The client for this path's service."""
        return _Patient(super().to(path))


class _Patient:
    def __init__(self, client: Any) -> None:
        self._client = client

    async def request(self, *arguments: Any, **options: Any) -> Any:
        return await self._client.request(*arguments, **options)

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
