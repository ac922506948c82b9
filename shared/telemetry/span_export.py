"""The last door for spans: only listed keys with values that look like codes leave the process, whoever made the span.

Loaded only where a collector is configured. No provider is set up globally, so no library can find one and trace by
itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

from shared.telemetry.tracing import Attribute, Tracing

ALLOWED_ATTRIBUTES = frozenset(key.value for key in Attribute)
ALLOWED_RESOURCE = frozenset(
    {
        "service.name", "service.namespace", "service.version", "service.instance.id", "process.pid",
        "deployment.environment.name", "telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version",
    }
)  # fmt: skip
CODE = re.compile(r"[A-Za-z0-9_.:/{}-]{1,160}")
NAME = re.compile(r"[A-Za-z0-9_.:/{} -]{1,200}")
WITHHELD = "(withheld)"


def trace_to_collector(service: str, endpoint: str) -> Tracing:
    """Send spans in batches to an OTLP/HTTP collector; the other OTEL_* variables (sampler, headers) apply."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    return trace_through(service, BatchSpanProcessor(AllowedOnly(exporter)))


def trace_through(service: str, processor: SpanProcessor) -> Tracing:
    """Tracing whose ended spans go to this processor."""
    resource = Resource.create({"service.name": f"wayhome-{service}", "process.pid": os.getpid()})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return Tracing(provider.get_tracer("wayhome"), shut_down=provider.shutdown)


class AllowedOnly(SpanExporter):
    """Passes spans on to another exporter without anything that is not on the lists."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send the copies."""
        return self._exporter.export([without_the_rest(span) for span in spans])

    def shutdown(self) -> None:
        """Let go of the connection."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing waits here."""
        return self._exporter.force_flush(timeout_millis)


def without_the_rest(span: ReadableSpan) -> ReadableSpan:
    """A copy with listed attributes only: no events (exceptions carry messages), no descriptions, bare links."""
    return ReadableSpan(
        name=span.name if NAME.fullmatch(span.name) else WITHHELD,
        context=span.context,
        parent=span.parent,
        resource=Resource(_allowed(span.resource.attributes, ALLOWED_RESOURCE)),
        attributes=_allowed(span.attributes or {}, ALLOWED_ATTRIBUTES),
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(attributes: Mapping[str, Any], keys: frozenset[str]) -> dict[str, str | int]:
    return {key: _code(value) for key, value in attributes.items() if key in keys}


def _code(value: Any) -> str | int:
    if isinstance(value, int):
        return value
    return value if isinstance(value, str) and CODE.fullmatch(value) else WITHHELD
