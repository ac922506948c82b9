"""Structured logs that cannot carry personal data: only fields on a list get through, exceptions lose their messages.

A message or an exception text may repeat what somebody typed, so neither is trusted: the event name is a constant of
ours, values are
codes and numbers, and of an exception only its class and the places it passed are kept.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

ALLOWED_FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "service",
        "request_id", "trace_id", "event_id", "event_type", "case_id", "topic", "partition", "offset", "consumer",
        "key", "shards", "operation", "status", "milliseconds", "actor_role", "outcome", "count", "attempt",
        "attempts", "reason", "slug",
        "part", "job", "error_class", "sqlstate", "where", "generation", "delivery_id", "endpoint_id", "payload_type",
        "next_attempt_seconds", "port", "url_host", "version", "engine", "log_id", "seconds",
    }
)  # fmt: skip
SAFE_TEXT = re.compile(r"[A-Za-z0-9_.:/\- ,()<>=]{0,200}")
Event = MutableMapping[str, Any]


def only_allowed_fields(_logger: Any, _method: str, event: Event) -> Event:
    """Drop what is not on the list, name what was dropped, and blank text that does not look like a code."""
    dropped = sorted(name for name in event if name not in ALLOWED_FIELDS and not name.startswith("_"))
    kept: dict[str, Any] = {name: _safe(value) for name, value in event.items() if name in ALLOWED_FIELDS}
    if dropped:
        kept["dropped_fields"] = [name for name in dropped if re.fullmatch(r"[a-z_]{1,40}", name)]
    return kept


def _safe(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(item) for item in list(value)[:50]]
    text = str(value)
    return text if SAFE_TEXT.fullmatch(text) else "(withheld)"


def without_messages(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by its class and the places it passed."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error_class"] = type(error).__name__
        event["where"] = _places(error.__traceback__)
    event.pop("stack_info", None)
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-3:])


def _foreign(_logger: Any, _method: str, event: Event) -> Event:
    """Records of libraries: their text is not ours, so only the logger's name and level stay."""
    if event.get("_from_structlog") is False:
        record = event.get("_record")
        event["event"] = "library"
        event["logger"] = getattr(record, "name", "unknown")
        if record is not None and record.exc_info:
            event["exc_info"] = record.exc_info
    return event


def configure_logging(service: str, *, level: int = logging.INFO, stream: Any = None) -> None:
    """JSON lines on standard error for our own and for libraries' records."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            _foreign,
            without_messages,
            only_allowed_fields,
            lambda _logger, _method, event: {"service": service, **event},
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "aiokafka", "asyncio", "uvicorn", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
