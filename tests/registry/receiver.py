"""A scripted receiver on loopback: answers as told, remembers what it got."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

HANG = "hang: take everything and never answer"
LIE = "lie: say that more is coming, then go away"
TRICKLE = "trickle: an answer without end"


class Receiver:
    """What arrived, and what to answer next: a status line, further headers after `|`, a body after `||`."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.script: list[str] = []
        self.always: str | None = None
        self.let_go = asyncio.Event()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Parsed bodies in order of arrival."""
        return [json.loads(body) for _, body in self.got]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request per connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in head[1:] if line}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append((headers, body))
        answer = self.script.pop(0) if self.script else self.always or "204 No Content"
        try:
            await self._answer(answer, writer)
        except ConnectionError:
            return  # the sender had enough
        finally:
            writer.close()

    async def _answer(self, answer: str, writer: asyncio.StreamWriter) -> None:
        if answer == HANG:
            await self.let_go.wait()
            return
        if answer == LIE:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nnot so much")
            await writer.drain()
            return
        if answer == TRICKLE:
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
            while True:
                writer.write(b"more " * 1_000)
                await writer.drain()
        first, _, said = answer.partition("||")
        status, *more = first.split("|")
        extra = "\r\n".join(["", *more])
        length = f"content-length: {len(said.encode())}\r\nconnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 {status}{extra}\r\n{length}{said}".encode())
        await writer.drain()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver until the block ends."""
    found = Receiver()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield found
    finally:
        found.let_go.set()
        server.close()
