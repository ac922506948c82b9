"""The trace a fact belongs to, as the one string that travels in outbox rows, envelopes and delivery rows (W3C)."""

from __future__ import annotations

import re

from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
NOWHERE = Context()


def traceparent_of(place: SpanContext) -> str | None:
    """The string that names this place in a trace; None when there is no trace."""
    if not place.is_valid:
        return None
    return f"00-{place.trace_id:032x}-{place.span_id:016x}-{place.trace_flags:02x}"


def place_of(traceparent: str | None) -> SpanContext | None:
    """The place in a trace that a string names; None for no string, and for one that names none."""
    found = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    place = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return place if place.is_valid else None


def continued_from(traceparent: str | None) -> Context:
    """What a new span follows; nothing, so that it begins a trace, unless the string names a place in one."""
    place = place_of(traceparent)
    return NOWHERE if place is None else set_span_in_context(NonRecordingSpan(place), NOWHERE)


def trace_id_of(traceparent: str | None) -> str | None:
    """The trace's id, for a log line."""
    found = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return found.group(1) if found else None
