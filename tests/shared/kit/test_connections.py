"""What a connection may send and how long it may take: heads, bodies, pipelines, silence, too many at once."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from shared.problems import MEDIA_TYPE
from shared.testing.eventually import eventually
from shared.testing.running import RunningService
from tests.shared.kit.connection import Line, said, serving, status

pytestmark = pytest.mark.asyncio(loop_scope="session")
SOON = 0.2
HOST = b"Host: service.test\r\n"
GET = b"GET /sample/health/live HTTP/1.1\r\n" + HOST
LAST = GET + b"Connection: close\r\n\r\n"
NOTES = b"POST /sample/v1/notes HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nIdempotency-Key: one\r\n"

HEADS: dict[str, tuple[bytes, set[int]]] = {
    "too many headers": (GET + b"a: b\r\n" * 101 + b"\r\n", {431}),
    "one long header": (GET + b"a: " + b"b" * 20_000 + b"\r\n\r\n", {431}),
    "a header without end": (GET + b"a: " + b"b" * 20_000, {431}),
    "a header name without end": (GET + b"b" * 20_000, {431}),
    "many headers without end": (GET + b"a: b\r\n" * 99 + b"a: " + b"b" * 300_000, {431}),
    "a long address": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414}),
    "an address without end": (b"GET /" + b"a" * 40_000, {414}),
    "a long method": (b"G" * 20_000, {400, 431}),
    "rubbish": (b"\x00\x01\x02 / \xff\r\n\r\n", {400}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, {400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
    "HTTP/9": (b"GET / HTTP/9.9\r\n\r\n", {400}),
    "HTTP/0.9": (b"GET /\r\n\r\n", {400, 404}),
    "a NUL in a header": (GET + b"a: b\x00c\r\n\r\n", {400}),
    "a blank before the colon": (GET + b"a : b\r\n\r\n", {400}),
    "a folded header": (GET + b"a: b\r\n c\r\n\r\n", {400}),
    "a header without name": (GET + b": b\r\n\r\n", {400}),
    "CONNECT": (b"CONNECT service.test:80 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "a star": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", {400, 404}),
    "an address with raw bytes": (b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "two lengths": (NOTES + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", {400}),
    "a length and chunks": (NOTES + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "a negative length": (NOTES + b"Content-Length: -1\r\n\r\n", {400}),
    "a signed length": (NOTES + b"Content-Length: +2\r\n\r\n{}", {400}),
    "a length beyond numbers": (NOTES + b"Content-Length: 99999999999999999999999\r\n\r\n", {400}),
    "an unknown coding": (NOTES + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400}),
    "chunked not last": (NOTES + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", {400}),
}
CHUNKED = NOTES + b"Transfer-Encoding: chunked\r\n\r\n"
BODIES: dict[str, tuple[bytes, set[int]]] = {
    "a chunk of no size": (CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", {400}),
    "a chunk of negative size": (CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", {400}),
    "a chunk size beyond numbers": (CHUNKED + b"FFFFFFFFFFFFFFFFF\r\n{}", {400}),
    "a chunk longer than it says": (CHUNKED + b"1\r\n{}}}\r\n0\r\n\r\n", {400}),
    "a chunk extension without end": (CHUNKED + b"2;" + b"x" * 600_000, {400}),
    "a trailer without end": (CHUNKED + b"2\r\n{}\r\n0\r\na: " + b"x" * 600_000, {400, 431}),
    "many trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n" + b"a: b\r\n" * 120 + b"\r\n", {400, 431}),
    "said to be too long": (NOTES + b"Content-Length: 9999999\r\n\r\n", {413}),
    "compressed": (NOTES + b"Content-Encoding: gzip\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", {415}),
}


def problem(answer: bytes) -> dict[str, object]:
    """The one answer is a problem document and the last thing said."""
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"content-type"].decode() == MEDIA_TYPE
    assert headers[b"connection"] == b"close"
    found: dict[str, object] = json.loads(body)
    assert found["status"] == status(answer)
    return found


async def test_heads_out_of_bounds_are_refused_and_hung_up_on(sample: RunningService) -> None:
    async with serving(sample.app) as (_, port):
        for name, (sent, expected) in HEADS.items():
            answer = await said(port, sent)
            assert status(answer) in expected, (name, answer[:300])
            problem(answer)
        assert status(await said(port, LAST)) == 200


async def test_bodies_out_of_bounds_are_refused_and_leave_nothing(sample: RunningService) -> None:
    token = sample.client("caseworker", offices=["ZRH"]).headers["Authorization"].encode()
    async with serving(sample.app) as (_, port):
        for name, (sent, expected) in BODIES.items():
            answer = await said(port, sent.replace(HOST, HOST + b"Authorization: " + token + b"\r\n"))
            assert status(answer) in expected, (name, answer[:300])
            problem(answer)
        allowed = NOTES.replace(HOST, HOST + b"Authorization: " + token + b"\r\n")
        good = allowed + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        in_bytes = b"".join(b"1\r\n%c\r\n" % byte for byte in b'{"code":"a"}')
        assert status(await said(port, good + in_bytes + b"0\r\n\r\n")) == 201
    assert len(await sample.fetch("SELECT 1 FROM note")) == 1


async def test_a_body_that_breaks_off_is_no_failure_of_ours(sample: RunningService) -> None:
    async with serving(sample.app) as (server, port):
        assert await said(port, NOTES + b'Content-Length: 50\r\n\r\n{"code"', end=True) == b""
        await eventually(lambda: not server.server_state.tasks)
    assert 'status="500"' not in sample.runtime.metrics.render().decode()


async def test_whoever_is_silent_or_slow_with_the_head_is_hung_up_on(sample: RunningService) -> None:
    async with serving(sample.app, head_seconds=SOON) as (_, port):
        assert await said(port) == b""
        assert await said(port, b"\r\n\r\n") == b""
        assert problem(await said(port, GET))["slug"] == "too-slow"
        slow = await Line.to(port)
        assert problem(await slow.trickle(b"x"))["slug"] in ("too-slow", "malformed")
        await slow.close()
        slow = await Line.to(port)
        await slow.send(GET + b"a: ")
        assert problem(await slow.trickle(b"b"))["slug"] == "too-slow"
        await slow.close()


async def test_a_kept_connection_must_go_on_or_end(sample: RunningService) -> None:
    async with serving(sample.app, idle_seconds=SOON, head_seconds=SOON) as (_, port):
        assert (await said(port, GET + b"\r\n")).count(b"HTTP/1.1 200") == 1
        line = await Line.to(port)
        await line.send(GET + b"\r\n")
        assert b'"live"' in await line.reader.readuntil(b"}")
        assert problem((await line.trickle(b"G")) or b"")["slug"] in ("too-slow", "malformed")
        await line.close()


async def test_a_body_nobody_waits_for_does_not_keep_the_connection(sample: RunningService) -> None:
    async with serving(sample.app, head_seconds=SOON) as (_, port):
        line = await Line.to(port)
        await line.send(GET + b"Content-Length: 500000\r\n\r\n")
        assert status(await line.trickle(b"x")) == 200
        await line.close()


async def test_a_trickling_body_is_given_up(sample: RunningService) -> None:
    sample.runtime.settings.body_seconds = SOON
    async with serving(sample.app) as (_, port):
        line = await Line.to(port)
        await line.send(NOTES + b"Content-Length: 5000\r\n\r\n")
        answer = await line.trickle(b" ")
        assert (status(answer), problem(answer)["slug"]) == (408, "too-slow")
        await line.close()


async def test_whoever_does_not_read_the_answers_is_hung_up_on(sample: RunningService) -> None:
    async with serving(sample.app, write_seconds=SOON) as (server, port):
        plug = socket.socket()
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", port))
        line = Line(*await asyncio.open_connection(sock=plug))
        line.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await line.send((b"GET /sample/openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 800)
        await eventually(lambda: not server.server_state.connections)
        await line.close()


async def test_rubbish_behind_a_request_does_not_spoil_its_answer(sample: RunningService) -> None:
    async with serving(sample.app) as (_, port):
        three = await said(port, (GET + b"\r\n") * 2 + LAST)
        assert three.count(b"HTTP/1.1 200") == three.count(b'{"status":"live"}') == 3
        spoiled = await said(port, GET + b"\r\n" + b"\x00rubbish\r\n\r\n" + LAST)
        assert spoiled.count(b"HTTP/1.1") == 1
        assert spoiled.endswith(b'{"status":"live"}')
        hidden = await said(
            port, NOTES + b"Content-Length: 2\r\n\r\n{}" + b"GET /sample/v1/notes HTTP/1.1\r\n\x00: x\r\n\r\n"
        )
        assert hidden.count(b"HTTP/1.1 401") == 1


async def test_too_many_connections_are_turned_away_until_there_is_room(sample: RunningService) -> None:
    async with serving(sample.app, connections=3) as (server, port):
        held = [await Line.to(port) for _ in range(3)]
        await eventually(lambda: len(server.server_state.connections) == 3)
        answer = await said(port, LAST)
        assert (status(answer), problem(answer)["slug"]) == (503, "unavailable")
        assert b"retry-after: 5" in answer.lower()
        await held.pop().close()
        await eventually(lambda: len(server.server_state.connections) == 2)
        assert status(await said(port, LAST)) == 200
        for line in held:
            await line.close()


async def test_open_heads_and_bodies_do_not_hold_up_the_end(sample: RunningService) -> None:
    async with serving(sample.app, drain_seconds=SOON) as (server, port):
        head, body = await Line.to(port), await Line.to(port)
        await head.send(GET)
        await body.send(NOTES + b"Content-Length: 5000\r\n\r\n")
        await eventually(lambda: bool(server.server_state.tasks))
        server.should_exit = True
        assert status(await head.rest()) == 0
        await body.rest()
        for line in (head, body):
            await line.close()
