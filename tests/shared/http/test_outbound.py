"""The guard inside the connection: refused addresses, rebinding names, redirects, endless answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared.http.addresses import is_refused
from shared.http.outbound import AddressRefused, OutboundClient

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "[::1]",
    "1.2.3",
    "1.2.3.4.5",
]
ALLOWED = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "198.17.255.255",
    "2606:4700::1111",
    "2a00:1450::1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_refused(address: str) -> None:
    assert is_refused(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_allowed(address: str) -> None:
    assert not is_refused(address)


@asynccontextmanager
async def receiver(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], got
    finally:
        server.close()


OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.asyncio(loop_scope="session")
class TestOutbound:
    async def test_loopback_only_where_configured(self) -> None:
        async with receiver(OK) as (port, got):
            for host in ("127.0.0.1", "localhost", "127.1", "2130706433"):
                guarded = OutboundClient(deadline_seconds=3)
                with pytest.raises((AddressRefused, OSError)):
                    await guarded.post(f"http://{host}:{port}/", content=b"", headers={})
                await guarded.close()
            assert got == []
            client = OutboundClient(allow_loopback=True, deadline_seconds=3)
            assert (await client.post(f"http://127.0.0.1:{port}/", content=b"x", headers={})).status == 204
            await client.close()

    async def test_a_name_that_changes_its_address_is_checked_at_every_connection(self) -> None:
        answers = iter([["8.8.8.8", "127.0.0.1"], ["10.0.0.1"]])

        async def scripted(_host: str, _port: int) -> list[str]:
            return next(answers)

        client = OutboundClient(deadline_seconds=3, resolver=scripted)
        for _ in range(2):
            with pytest.raises(AddressRefused):
                await client.post("http://rebinding.example/", content=b"", headers={})
        await client.close()

    async def test_what_is_dialled_is_the_address_that_was_checked(self) -> None:
        async def scripted(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]  # the name itself leads nowhere: whoever looks it up again arrives nowhere

        async with receiver(OK) as (port, got):
            client = OutboundClient(allow_loopback=True, deadline_seconds=3, resolver=scripted)
            assert (await client.post(f"http://hook.invalid:{port}/", content=b"", headers={})).status == 204
            assert f"host: hook.invalid:{port}".encode() in got[0].lower()
            await client.close()

    async def test_retry_after_is_seconds_or_a_moment_and_never_in_the_past(self) -> None:
        client = OutboundClient(allow_loopback=True, deadline_seconds=3)
        ahead, past = (format_datetime(datetime.now(UTC) + timedelta(seconds=by), usegmt=True) for by in (600, -600))
        for said, (least, most) in {ahead: (590, 600), past: (0, 0), "0": (0, 0), "120": (120, 120)}.items():
            async with receiver(f"HTTP/1.1 429 Busy\r\nretry-after: {said}\r\n\r\n".encode()) as (port, _):
                answered = await client.post(f"http://127.0.0.1:{port}/", content=b"", headers={})
                assert least <= (answered.retry_after_seconds or 0) <= most, said
        for said in ("-5", "soon", "1e3", "9" * 12, "Thu, 99 Foo 2026 00:00:00 GMT"):
            async with receiver(f"HTTP/1.1 429 Busy\r\nretry-after: {said}\r\n\r\n".encode()) as (port, _):
                answered = await client.post(f"http://127.0.0.1:{port}/", content=b"", headers={})
                assert answered.retry_after_seconds is None, said
        await client.close()

    async def test_redirects_are_not_followed(self) -> None:
        async with receiver(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n") as (
            port,
            got,
        ):
            client = OutboundClient(allow_loopback=True, deadline_seconds=3)
            assert (await client.post(f"http://127.0.0.1:{port}/", content=b"", headers={})).status == 302
            assert len(got) == 1
            await client.close()

    async def test_an_answer_longer_than_anybody_needs_is_cut(self) -> None:
        body = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\nretry-after: 7\r\n\r\n" + b"x" * 100_000
        async with receiver(body) as (port, _):
            client = OutboundClient(allow_loopback=True, deadline_seconds=3)
            answered = await client.post(f"http://127.0.0.1:{port}/", content=b"", headers={})
            assert (answered.status, answered.retry_after_seconds) == (200, 7)
            await client.close()

    async def test_a_receiver_that_hangs_costs_the_deadline_only(self) -> None:
        async with receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx") as (port, _):
            client = OutboundClient(allow_loopback=True, deadline_seconds=0.3)
            with pytest.raises((TimeoutError, OSError)):
                await client.post(f"http://127.0.0.1:{port}/", content=b"", headers={})
            await client.close()
