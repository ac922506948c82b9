"""The traces of one running service: nothing at all without a collector, nothing about a person with one (ADR 0012)."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from typing import Protocol

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import SpanKind, Status, StatusCode
from structlog.contextvars import bound_contextvars

from shared.telemetry.propagation import continued_from, trace_id_of, traceparent_of

FLUSH_SECONDS = 3.0
Kind = SpanKind


class Attribute(StrEnum):
    """Every key that an attribute of a span may have; whatever else there is, the exporter drops."""

    METHOD = "http.request.method"
    ROUTE = "http.route"
    STATUS = "http.response.status_code"
    OPERATION = "wayhome.operation"
    ERROR = "error.type"
    TOPIC = "messaging.destination.name"
    MESSAGING = "messaging.operation.type"
    EVENT_ID = "messaging.message.id"
    EVENT_TYPE = "wayhome.event.type"
    OUTCOME = "wayhome.outcome"
    PAYLOAD_TYPE = "wayhome.delivery.payload_type"
    ATTEMPT = "wayhome.delivery.attempt"


Attributes = Mapping[Attribute, str | int]


class Span(Protocol):
    """One piece of work in a trace."""

    @property
    def traceparent(self) -> str | None:
        """What has to travel with the facts that this work leaves behind."""
        ...

    def describe(self, attributes: Attributes, *, name: str | None = None) -> None:
        """Say more about it; the name is made of constants and route templates, never of what somebody sent."""
        ...

    def fail(self, error_class: str) -> None:
        """It did not work; only the class of the error is told, since its message may repeat what somebody typed."""
        ...

    def at_work(self) -> AbstractContextManager[None]:
        """What happens in this block belongs to the span: its log lines and its units of work. An exception ends it."""
        ...

    def end(self) -> None:
        """Report it; it lasted until the end of its work. A span that is never ended is never reported."""
        ...


class UnrecordedSpan:
    """Records nothing and hands on the trace that others record."""

    def __init__(self, parent: str | None) -> None:
        self.traceparent = parent

    def describe(self, attributes: Attributes, *, name: str | None = None) -> None:
        """Nothing to say."""

    def fail(self, error_class: str) -> None:
        """Nothing to say."""

    def at_work(self) -> AbstractContextManager[None]:
        """Nothing changes."""
        return nullcontext()

    def end(self) -> None:
        """Nothing to report."""


class RecordedSpan:
    """A span of the SDK, behind the few things that may be told of it."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._worked_until: int | None = None
        self._ended = False
        self.traceparent = traceparent_of(span.get_span_context())

    def describe(self, attributes: Attributes, *, name: str | None = None) -> None:
        """Say more about it."""
        if name is not None:
            self._span.update_name(name)
        for key, value in attributes.items():
            self._span.set_attribute(key.value, value)

    def fail(self, error_class: str) -> None:
        """It did not work."""
        self._span.set_status(Status(StatusCode.ERROR))
        self._span.set_attribute(Attribute.ERROR.value, error_class)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What happens in this block belongs to the span."""
        token = attach(trace.set_span_in_context(self._span))
        try:
            with bound_contextvars(trace_id=trace_id_of(self.traceparent)):
                yield
        except Exception as error:
            self.fail(type(error).__name__)
            self.end()
            raise
        finally:
            self._worked_until = time.time_ns()
            detach(token)

    def end(self) -> None:
        """Report it, once."""
        if not self._ended:
            self._ended = True
            self._span.end(end_time=self._worked_until)


class Tracing:
    """Makes the spans of one running service; without a tracer they record nothing."""

    def __init__(self, tracer: trace.Tracer | None = None, *, shut_down: Callable[[], None] | None = None) -> None:
        self._tracer = tracer
        self._shut_down = shut_down

    @property
    def on(self) -> bool:
        """Whether anything is recorded."""
        return self._tracer is not None

    def span(
        self,
        name: str,
        kind: SpanKind,
        *,
        parent: str | None = None,
        attributes: Attributes | None = None,
        started: int | None = None,
    ) -> Span:
        """A span that goes on from `parent`, or begins a trace; `started` in nanoseconds since 1970, default now."""
        if self._tracer is None:
            return UnrecordedSpan(parent)
        span = RecordedSpan(
            self._tracer.start_span(
                name,
                continued_from(parent),
                kind,
                start_time=started,
                record_exception=False,
                set_status_on_exception=False,
            )
        )
        if attributes:
            span.describe(attributes)
        return span

    def here(self) -> str | None:
        """The place in a trace where this code is running."""
        if self._tracer is None:
            return None
        return traceparent_of(trace.get_current_span().get_span_context())

    async def close(self) -> None:
        """Report what is left, as far as the collector takes it within a few seconds."""
        if self._shut_down is None:
            return
        flushing = threading.Thread(target=self._shut_down, name="traces-flush", daemon=True)
        flushing.start()
        await asyncio.to_thread(flushing.join, FLUSH_SECONDS)
