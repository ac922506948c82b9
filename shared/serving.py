"""How a process meets the network: what a connection may send, how long it may take, and how many there may be.

The HTTP parser has no limits of its own: a head of any size and age would be kept, and an idle or trickling connection
would stay for ever. Here each has a limit, and whoever goes beyond gets a problem document and is hung up on. What a
body may be is decided further in, by `shared.app.Intake`.
"""

from __future__ import annotations

from asyncio import Protocol, TimerHandle, Transport
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.errors import Malformed, Unavailable, WayhomeError
from shared.problems import TooSlow, problem_response
from shared.settings import ServiceSettings

SEPARATORS = len(b": \r\n")
MOST_FRAMING = 8
"""Bytes of chunk sizes, chunk extensions and trailers for each byte of a body; a chunk of one byte needs five."""


class HeadTooLarge(WayhomeError):
    """More headers, or longer ones, than are read here (RFC 6585)."""

    slug = "headers-too-large"
    status = 431
    title = "The headers are too many or too long"


class TargetTooLong(WayhomeError):
    """A path and query longer than any of ours."""

    slug = "target-too-long"
    status = 414
    title = "The address is too long"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one process takes; times in seconds."""

    head_bytes: int = 16_384
    target_bytes: int = 8_192
    headers: int = 100
    connections: int = 512
    head_seconds: float = 10.0
    idle_seconds: float = 30.0
    write_seconds: float = 30.0
    drain_seconds: float = 15.0


class LimitedProtocol(HttpToolsProtocol):
    """One connection that is held to the limits."""

    limits: ClassVar[Limits] = Limits()
    on_refused: ClassVar[Callable[[str], None]] = lambda _slug: None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._serving: RequestResponseCycle | None = None
        self._in_head = self._in_message = False
        self._begun = self._received = self._size = self._body = self._framing = 0
        self._waiting: TimerHandle | None = None
        self._writing: TimerHandle | None = None
        self._refusal: WayhomeError | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take it, unless there are too many; it has to begin soon."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(Unavailable())
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head stays within its limits."""
        if self.transport.is_closing():
            return
        at_head, in_body, body = self._in_head or not self._in_message, self._in_message, self._body
        self._begun = 0
        super().data_received(data)
        at_head, in_body = (
            at_head and self._in_head and self._begun <= 1,
            in_body and self._in_message and not self._begun,
        )
        self._received = self._received + len(data) if at_head else 0
        self._framing = self._framing + len(data) - (self._body - body) if in_body and not self._in_head else 0
        if self._received > self.limits.head_bytes:
            self._refuse(HeadTooLarge())
        if self._framing > self.limits.head_bytes + MOST_FRAMING * self._body:
            self._refuse(Malformed())
        self._wait()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._begun += 1
        self._size = self._body = 0
        self._in_head = self._in_message = True

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        super().on_url(url)
        if len(self.url) > self.limits.target_bytes:
            self._give_up(TargetTooLong())

    def on_header(self, name: bytes, value: bytes) -> None:
        """One complete header."""
        super().on_header(name, value)
        self._size += len(name) + len(value) + SEPARATORS
        if len(self.headers) > self.limits.headers or self._size + len(self.url) > self.limits.head_bytes:
            self._give_up(HeadTooLarge())

    def on_headers_complete(self) -> None:
        """The head is here in time."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here."""
        self._in_message = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed, or was given up while it was parsed."""
        self._refuse(self._refusal or Malformed())

    def pause_writing(self) -> None:
        """The caller does not read what it asked for; it has to begin soon."""
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller reads on."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._serving = cycle
        super()._start_asgi_task(cycle, app)

    def _give_up(self, error: WayhomeError) -> None:
        """Stop the parser; it answers through send_400_response."""
        self._refusal = error
        raise error

    def _wait(self) -> None:
        """While nobody is served, or a head is open, the caller has only so long."""
        idle = self._serving is None or self._serving.response_complete
        if (idle or self._in_head) and self._waiting is None and not self.transport.is_closing():
            self._waiting = self.loop.call_later(self.limits.head_seconds, self._waited)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _waited(self) -> None:
        self._waiting = None
        if self._in_head:
            self._refuse(TooSlow())
        else:
            self.transport.close()

    def _refuse(self, error: WayhomeError) -> None:
        """Hang up with a problem document; an answer that is under way is finished first, and nothing follows it."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        type(self).on_refused(error.slug)
        serving = self._serving
        answering = serving is not None and not serving.response_complete
        if serving is not None and answering and (serving.response_started or not serving.more_body):
            serving.keep_alive = False
            self.pipeline.clear()
            self.flow.pause_reading()
            return
        self.transport.write(_written(error))
        self.transport.close()


def limits_of(settings: ServiceSettings) -> Limits:
    """The limits of one service, as its settings say."""
    return Limits(
        head_bytes=settings.max_head_bytes,
        target_bytes=settings.max_head_bytes // 2,
        headers=settings.max_headers,
        connections=settings.max_connections,
        head_seconds=settings.head_seconds,
        idle_seconds=settings.idle_seconds,
        write_seconds=settings.write_seconds,
        drain_seconds=settings.drain_seconds,
    )


def _written(error: WayhomeError) -> bytes:
    response = problem_response(error)
    status = f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}".encode()
    headers = [name + b": " + value for name, value in [*response.raw_headers, (b"connection", b"close")]]
    return b"\r\n".join([status, *headers, b"", bytes(response.body)])


def server_config(
    app: Any,
    *,
    host: str,
    port: int,
    limits: Limits | None = None,
    on_refused: Callable[[str], None] = lambda _slug: None,
) -> uvicorn.Config:
    """How every server of this house is set up; nothing is logged but what the app itself logs."""
    kept = limits or Limits()
    names = {"limits": kept, "on_refused": on_refused}
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=cast(type[Protocol], type("Connection", (LimitedProtocol,), names)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who came is looked at by `shared/http/callers.py`, where it counts and nowhere else
        date_header=False,
        timeout_keep_alive=cast(int, kept.idle_seconds),
        timeout_graceful_shutdown=cast(int, kept.drain_seconds),
    )
