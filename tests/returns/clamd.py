"""A stand-in for clamd that speaks its INSTREAM protocol and knows one harmful file: the EICAR test file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file of the European Institute for Computer Antivirus Research; harmless."""


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        writer.write(b"stream: " + found + b"\0")
        await writer.drain()
    writer.close()


@asynccontextmanager
async def clamd() -> AsyncIterator[str]:
    """The address of a running scanner."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
