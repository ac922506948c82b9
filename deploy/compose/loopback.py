"""A door on this container's loopback that leads to the gateway, so that the public address works inside too.

Development only. On one machine the public address is http://127.0.0.1:<port>; inside a container that would be the
container itself. Webhooks may go to a loopback address where a developer allowed it, and to no private address.
"""

from __future__ import annotations

import asyncio
import contextlib
import os

CHUNK_BYTES = 65_536


def open_door(description: str) -> None:
    """Serve `<port>=<host>:<port>` in a process of its own, which ends with the container."""
    own_port, _, target = description.partition("=")
    host, _, port = target.rpartition(":")
    if os.fork() == 0:
        try:
            asyncio.run(serve(int(own_port), host, int(port)))
        finally:
            os._exit(1)


async def serve(own_port: int, host: str, port: int) -> None:
    """Carry every connection to the target, until ended."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(host, port)
            await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", own_port)
    await server.serve_forever()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
