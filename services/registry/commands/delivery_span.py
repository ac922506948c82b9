"""The span of one attempt to deliver, in the trace of the fact that is told.

Trace ids stay inside (domain rules: no trace ids outwards): nothing of the span goes into what is signed and sent, and
neither the address of the recipient nor its case reference into the span.
"""

from __future__ import annotations

from services.registry.domain.webhook_schedule import is_success
from shared.telemetry.tracing import Attribute, Kind, Span, Tracing


def begin_attempt(tracing: Tracing, payload_type: str, *, number: int, parent: str | None) -> Span:
    """The span of the attempt with this number, counted from 1."""
    told: dict[Attribute, str | int] = {
        Attribute.METHOD: "POST",
        Attribute.PAYLOAD_TYPE: payload_type,
        Attribute.ATTEMPT: number,
    }
    return tracing.span(f"deliver {payload_type}", Kind.CLIENT, parent=parent, attributes=told)


def end_attempt(span: Span, *, status: int | None, error: str | None, outcome: str) -> None:
    """What came back, and what became of the delivery; a failure is told as the class of the error or the status."""
    told: dict[Attribute, str | int] = {Attribute.OUTCOME: outcome}
    if status is not None:
        told[Attribute.STATUS] = status
    span.describe(told)
    if status is None or not is_success(status):
        span.fail(error or str(status))
    span.end()
