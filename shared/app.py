"""The HTTP application of one service: complete paths, problem documents, health, metrics, request limits."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from fastapi import FastAPI

from shared.errors import PayloadTooLarge
from shared.health import health_router
from shared.ids import new_id
from shared.notifications import router as notifications
from shared.openapi import DescribedApp
from shared.problems import install_problem_handlers, problem_response
from shared.service import Runtime, Service

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def create_app(runtime: Runtime) -> FastAPI:
    """The app of one running service."""
    app = routed_app(runtime.service)
    app.state.runtime = runtime
    install_problem_handlers(app)
    app.add_middleware(Frame, runtime=runtime)
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
    health = health_router(root)
    for router in (*service.routers, notifications):
        app.include_router(router, prefix=f"{root}/v1")
    for router in service.open_routers:
        app.include_router(router, prefix=root)
    app.include_router(health)
    app.described_routers = (*service.routers, notifications, *service.open_routers, health)
    return app


class Frame:
    """Around every request: an id, the body limit, one log line and the metrics."""

    def __init__(self, app: Any, *, runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request inside the frame."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in (b"x-request-id", b"content-length")}
        request_id = _request_id(headers.get(b"x-request-id", b""))
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        limit = self._runtime.settings.max_body_bytes
        try:
            if _too_long(headers.get(b"content-length"), limit):
                await problem_response(PayloadTooLarge(limit_bytes=limit))(scope, receive, sending)
                return
            await self._app(scope, _limited(receive, limit), sending)
        finally:
            self._observe(scope, status, time.perf_counter() - started)

    def _observe(self, scope: Message, status: int, seconds: float) -> None:
        route = scope.get("route")
        operation = getattr(route, "operation_id", None) or getattr(route, "name", None) or "unknown"
        self._runtime.metrics.http_requests.labels(operation=operation, status=str(status)).inc()
        self._runtime.metrics.http_seconds.labels(operation=operation).observe(seconds)
        if operation not in ("live", "ready", "metrics"):
            self._runtime.log.info("request", operation=operation, status=status, milliseconds=round(seconds * 1000, 1))


def _request_id(given: bytes) -> str:
    text_form = given.decode("latin-1")
    return text_form if REQUEST_ID.fullmatch(text_form) else str(new_id())


def _too_long(content_length: bytes | None, limit: int) -> bool:
    if content_length is None:
        return False
    return not content_length.isdigit() or int(content_length) > limit


def _limited(receive: Receive, limit: int) -> Receive:
    """A receive that refuses a body longer than it said or than we take."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise PayloadTooLarge(limit_bytes=limit)
        return message

    return limited
