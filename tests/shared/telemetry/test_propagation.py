"""The string that carries a trace: written, read back, and of no effect when it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import INVALID_SPAN_CONTEXT, SpanContext, TraceFlags, get_current_span

from shared.telemetry.propagation import NOWHERE, continued_from, place_of, trace_id_of, traceparent_of

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 255))
def test_a_place_is_read_back_as_it_was_written(trace_id: int, span_id: int, flags: int) -> None:
    written = traceparent_of(SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(flags)))
    place = place_of(written)
    assert place is not None
    assert (place.trace_id, place.span_id, place.trace_flags) == (trace_id, span_id, flags)
    assert trace_id_of(written) == f"{trace_id:032x}"


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "",
        "Beridze",
        TRACE.upper(),
        TRACE + "-more",
        TRACE.replace("00-", "ff-", 1),
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
    ],
)
def test_what_names_no_place_begins_a_new_trace(odd: str | None) -> None:
    assert place_of(odd) is None
    assert continued_from(odd) is NOWHERE


def test_a_span_goes_on_from_the_place_named() -> None:
    assert traceparent_of(get_current_span(continued_from(TRACE)).get_span_context()) == TRACE


def test_outside_of_any_trace_there_is_nothing_to_carry() -> None:
    assert traceparent_of(INVALID_SPAN_CONTEXT) is None
    assert trace_id_of(None) is None
