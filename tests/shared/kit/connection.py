"""A server of ours on a real socket, and a caller who sends bytes as they come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from shared.serving import Limits, server_config
from shared.testing.eventually import eventually

PATIENCE_SECONDS = 8.0


@contextlib.asynccontextmanager
async def serving(app: Any, **limits: Any) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """The server and its port, until the block ends."""
    server = uvicorn.Server(server_config(app, host="127.0.0.1", port=0, limits=Limits(**limits)))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


class Line:
    """One connection of a caller."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def rest(self, within: float = PATIENCE_SECONDS) -> bytes:
        """Everything until the server hangs up; TimeoutError when it does not."""
        received = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(within):
                while piece := await self.reader.read(65_536):
                    received += piece
        return received

    async def trickle(self, data: bytes) -> bytes:
        """Byte by byte, a hundred in a second, until the server hangs up."""
        received = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.reader.at_eof():
                await self.send(data)
                with contextlib.suppress(TimeoutError, ConnectionError):
                    received += await asyncio.wait_for(self.reader.read(65_536), 0.01)
        return received

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


async def said(port: int, *pieces: bytes, end: bool = False) -> bytes:
    """What the server answers to these pieces on one connection until it hangs up."""
    line = await Line.to(port)
    for piece in pieces:
        await line.send(piece)
    if end:
        line.writer.write_eof()
    answer = await line.rest()
    await line.close()
    return answer


def status(answer: bytes) -> int:
    """The status of the first answer; 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer else 0
