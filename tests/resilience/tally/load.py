"""The load: unique commands from many callers, some of whom ask again with the same key when nobody answered."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from shared.http.trusted import ConnectionFailed, trusted_client

CALLERS = 12
KEYS = 30
BETWEEN_SECONDS = 0.03
ATTEMPTS = 6


@dataclass
class Load:
    """What was asked and what was acknowledged."""

    address: str
    token: str
    seed: int
    acknowledged: set[UUID] = field(default_factory=set)
    unanswered: set[UUID] = field(default_factory=set)
    surprises: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many different commands were sent."""
        return len(self.acknowledged) + len(self.unanswered)

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop."""
        await asyncio.gather(*(self._caller(number, stop) for number in range(CALLERS)))

    async def _caller(self, number: int, stop: asyncio.Event) -> None:
        chance = random.Random(self.seed * 1000 + number)
        headers = {"Authorization": f"Bearer {self.token}"}
        async with trusted_client(self.address, headers=headers, timeout=5.0) as client:
            while not stop.is_set():
                command = uuid4()
                body = {"key": f"k{chance.randrange(KEYS)}", "command": str(command)}
                again = chance.random() < 0.5
                for attempt in range(ATTEMPTS if again else 1):
                    if await self._ask(client, command, body, stop):
                        break
                    await asyncio.sleep(0.05 * 2**attempt)
                await asyncio.sleep(BETWEEN_SECONDS * chance.random())

    async def _ask(self, client: object, command: UUID, body: dict[str, str], stop: asyncio.Event) -> bool:
        headers = {"Idempotency-Key": str(command)}
        try:
            answer = await client.post("/tally/v1/marks", json=body, headers=headers)  # type: ignore[attr-defined]
        except ConnectionFailed:
            self.unanswered.add(command)
            return stop.is_set()
        if answer.status_code == 201:
            self.unanswered.discard(command)
            self.acknowledged.add(command)
            return True
        self.unanswered.add(command)
        if answer.status_code < 500 and answer.status_code != 409:
            self.surprises.append(f"{answer.status_code}: {answer.text[:200]}")
        return stop.is_set()
