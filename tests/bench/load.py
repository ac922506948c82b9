"""The load generator, a process of its own: raw sockets and keep-alive, so that it costs the machine little.

Reads a plan from standard input as JSON and writes what it saw to standard output as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvloop

from shared.ids import new_id

CREATED = 201


class Unexpected(RuntimeError):
    """The server answered with something else than it should."""


@dataclass
class Plan:
    """What to send where; without a rate as fast as the answers come, else on a fixed schedule."""

    port: int
    path: str
    token: str
    body: str
    connections: int
    seconds: float
    per_second: float | None = None

    def request(self) -> bytes:
        """One POST with its own Idempotency-Key."""
        content = self.body.encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Idempotency-Key: {new_id()}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content


@dataclass
class Seen:
    """Every answer: how long it took from when it was due, when it was there, and what was made."""

    seconds: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    lasted: float = 0.0


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> str:
    """Send one request; the Location of the answer. Raises Unexpected."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    if int(status.split()[1]) != CREATED:
        raise Unexpected(f"{status} {body[:300]!r}")
    return headers.get("location", "")


async def one_connection(plan: Plan, seen: Seen, slots: Any, started: float) -> None:
    """Take the next slot of the schedule again and again until the time is over."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    while True:
        due = started + next(slots) / plan.per_second if plan.per_second else time.monotonic()
        if due >= started + plan.seconds:
            break
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        location = await answered(reader, writer, plan.request())
        ended = time.monotonic()
        seen.seconds.append(ended - due)
        seen.ended.append(ended)
        seen.locations.append(location)
    writer.close()


async def main(plan: Plan) -> Seen:
    """All connections until the time is over."""
    seen, slots, started = Seen(), count(), time.monotonic() + 0.1
    await asyncio.gather(*(one_connection(plan, seen, slots, started) for _ in range(plan.connections)))
    seen.lasted = time.monotonic() - started
    return seen


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(main(Plan(**json.load(sys.stdin))))
    json.dump(outcome.__dict__, sys.stdout)
