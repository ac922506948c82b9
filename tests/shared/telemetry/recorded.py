"""Tracing whose spans stay in this process, behind the same last door as in production."""

from __future__ import annotations

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from shared.telemetry.propagation import traceparent_of
from shared.telemetry.span_export import AllowedOnly, trace_through
from shared.telemetry.tracing import Tracing


class Recorded:
    """A tracing and what it has reported so far."""

    def __init__(self, service: str = "sample") -> None:
        self._exporter = InMemorySpanExporter()
        self.tracing: Tracing = trace_through(service, SimpleSpanProcessor(AllowedOnly(self._exporter)))

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def one(self, name: str) -> ReadableSpan:
        (found,) = (span for span in self.spans if span.name == name)
        return found

    def text(self) -> str:
        """Everything that would be sent, as text to search in."""
        return "\n".join(span.to_json() for span in self.spans)


def place(span: ReadableSpan) -> SpanContext:
    found = span.context
    assert found is not None
    return found


def where(span: ReadableSpan) -> str:
    """The span as a traceparent."""
    found = traceparent_of(place(span))
    assert found is not None
    return found


def parent_id(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None
