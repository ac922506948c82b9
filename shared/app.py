"""The HTTP application of one service: complete paths, problem documents, health, metrics, traces, request limits."""

from __future__ import annotations

import asyncio
import codecs
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog
from fastapi import FastAPI

from shared.errors import Malformed, PayloadTooLarge, WayhomeError
from shared.health import health_router
from shared.ids import new_id
from shared.notifications import router as notifications
from shared.openapi import DescribedApp
from shared.problems import BodyRefused, TooSlow, UnsupportedMediaType, install_problem_handlers, problem_response
from shared.service import Runtime, Service
from shared.telemetry.tracing import Attribute, Kind, Span

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
CLOSING = (408, 413)
FAILED = 500
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
NOWHERE = r"(?!)"
UNREMARKABLE = ("live", "ready", "metrics")
LONGEST_LENGTH = 15
CHARSET, READABLE_CHARSETS = re.compile(rb";\s*charset=\"?([^\s;\"]*)"), (b"utf-8", b"utf8")
OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def create_app(runtime: Runtime) -> FastAPI:
    """The app of one running service."""
    app = routed_app(runtime.service)
    app.state.runtime = runtime
    install_problem_handlers(app)
    app.add_middleware(Frame, runtime=runtime, templates=app.templates)
    return app


def routed_app(service: Service) -> DescribedApp:
    """The routes of a service and their description; nothing runs behind them."""
    root = f"/{service.name}"
    app = DescribedApp(
        title=service.title,
        description=service.description,
        version="1.0.0",
        docs_url=f"{root}/docs",
        redoc_url=None,
        openapi_url=f"{root}/openapi.json",
        separate_input_output_schemas=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    for router in (*service.routers, notifications):
        app.include_described(router, prefix=f"{root}/v1")
    for router in service.open_routers:
        app.include_described(router, prefix=root)
    app.include_described(health_router(root))
    return app


class Frame:
    """Around every request: an id, the limits of its body, a span, one log line and the metrics."""

    def __init__(
        self,
        app: Any,
        *,
        runtime: Runtime,
        templates: Mapping[str, str] | None = None,
    ) -> None:
        self._app = app
        self._runtime = runtime
        self._templates = templates or {}
        self._uploads = re.compile("|".join(runtime.service.uploads) or NOWHERE)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request inside the frame."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id", b""))
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        answer = Answering(send, request_id)
        settings = self._runtime.settings
        largest = settings.max_upload_bytes if self._uploads.fullmatch(scope["path"]) else settings.max_body_bytes
        intake = Intake(receive, limit=largest, seconds=settings.body_seconds)
        span = self._runtime.tracing.span("request", Kind.SERVER)  # a trace of its own, whatever the caller sends
        with span.at_work():
            started = time.perf_counter()
            try:
                refused = intake.refusal(headers)
                if refused is not None:
                    await problem_response(refused)(scope, receive, answer)
                    return
                await self._app(scope, intake, answer)
            finally:
                self._observe(scope, answer.status, time.perf_counter() - started, span)

    def _observe(self, scope: Message, status: int, seconds: float, span: Span) -> None:
        route = scope.get("route")
        operation = getattr(route, "operation_id", None) or getattr(route, "name", None) or "unknown"
        self._runtime.metrics.http_requests.labels(operation=operation, status=str(status)).inc()
        self._runtime.metrics.http_seconds.labels(operation=operation).observe(seconds)
        if operation in UNREMARKABLE:
            return
        self._runtime.log.info("request", operation=operation, status=status, milliseconds=round(seconds * 1000, 1))
        if self._runtime.tracing.on:
            self._tell(span, scope, operation, status)

    def _tell(self, span: Span, scope: Message, operation: str, status: int) -> None:
        """Of a request its method, the template of its route and its outcome; never its path, query or headers."""
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        told: dict[Attribute, str | int] = {Attribute.METHOD: method, Attribute.STATUS: status}
        template = self._templates.get(operation)
        if template is not None:
            told |= {Attribute.OPERATION: operation, Attribute.ROUTE: template}
        span.describe(told, name=f"{method} {template}" if template else method)
        if status >= FAILED:
            span.fail(str(status))
        span.end()


class Answering:
    """Passes an answer on with our headers and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = FAILED

    async def __call__(self, message: Message) -> None:
        """The next piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", []),
                (b"x-request-id", self._request_id.encode()),
                (b"x-content-type-options", b"nosniff"),
                *([(b"connection", b"close")] if self.status in CLOSING else []),
            ]
        await self._send(message)


def _request_id(given: bytes) -> str:
    text_form = given.decode("latin-1")
    return text_form if REQUEST_ID.fullmatch(text_form) else str(new_id())


class NotUtf8(Malformed):
    """JSON in UTF-16 or UTF-32, which a JSON reader would take without being told (RFC 8259, section 8.1)."""

    slug = "not-utf-8"
    title = "JSON is read in UTF-8 only"


class Intake:
    """Receives a body; refuses one that is longer than it said or than we take, coded, or not here in time."""

    def __init__(self, receive: Receive, *, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._left = limit
        self._complete = False
        self._start = b""
        self._json = False

    def refusal(self, headers: Mapping[bytes, bytes]) -> WayhomeError | None:
        """What is wrong with the body by its headers alone."""
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > LONGEST_LENGTH or int(length) > self._limit:
            return PayloadTooLarge(limit_bytes=self._limit)
        kind = headers.get(b"content-type", b"json").lower()
        self._json, charset = b"json" in kind, CHARSET.search(kind)
        coded = headers.get(b"content-encoding", b"identity").lower() != b"identity"
        if coded or (charset is not None and charset.group(1) not in READABLE_CHARSETS):
            return UnsupportedMediaType()
        return None

    async def __call__(self) -> Message:
        """The next piece; once the body is complete, waits for the caller to leave, however long that takes."""
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise BodyRefused(TooSlow()) from None
        if message["type"] == "http.disconnect":
            raise BodyRefused(Malformed())
        piece = message.get("body", b"")
        self._left -= len(piece)
        if self._left < 0:
            raise BodyRefused(PayloadTooLarge(limit_bytes=self._limit))
        self._start = (self._start + piece[:4])[:4]
        if self._json and (b"\0" in self._start or self._start.startswith(OTHER_MARKS)):
            raise BodyRefused(NotUtf8())
        self._complete = not message.get("more_body", False)
        return message
