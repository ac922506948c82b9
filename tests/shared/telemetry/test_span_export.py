"""The last door: planted names leave it neither as attributes nor in any other part of a span."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags

from shared.settings import SettingsInvalid, load_settings
from shared.telemetry import tracing as tracing_module
from shared.telemetry.propagation import trace_id_of
from shared.telemetry.span_export import ALLOWED_ATTRIBUTES, WITHHELD
from shared.telemetry.tracing import Attribute, Kind, Tracing
from shared.testing.running import service_named
from tests.shared.telemetry.recorded import Recorded

CANARY = "Quetzalnik Zephyrosa"


def planted(recorded: Recorded, name: str = "work") -> ReadableSpan:
    """A span as a careless library would make it, with the canary in every place there is."""
    tracer = recorded.tracing._tracer
    assert tracer is not None
    link = Link(SpanContext(7, 7, is_remote=True, trace_flags=TraceFlags(1)), {"person.name": CANARY})
    attributes = {key: CANARY for key in (*ALLOWED_ATTRIBUTES, "url.full", "enduser.id", "db.query.text")}
    span = tracer.start_span(name, attributes=attributes, links=[link])
    span.set_attribute(Attribute.OUTCOME.value, [CANARY])
    span.set_attribute(Attribute.STATUS.value, 200)
    span.add_event("note", {"text": CANARY})
    span.record_exception(ValueError(CANARY))
    span.set_status(Status(StatusCode.ERROR, CANARY))
    span.end()
    return recorded.spans[-1]


def test_no_canary_leaves(recorded: Recorded) -> None:
    span = planted(recorded)
    assert "Quetzalnik" not in recorded.text()
    assert set(span.attributes or {}) <= ALLOWED_ATTRIBUTES
    assert (span.attributes or {})[Attribute.ROUTE] == WITHHELD
    assert (span.attributes or {})[Attribute.STATUS] == 200
    assert (list(span.events), span.status.status_code, span.status.description) == ([], StatusCode.ERROR, None)
    assert [dict(link.attributes or {}) for link in span.links] == [{}]


@pytest.mark.parametrize(
    "name", ["GET /cases?name=Quetzalnik", "caf\u00e9 Quetzalnik", "Quetzalnik, Zephyrosa", "x" * 500]
)
def test_a_name_that_does_not_look_like_ours_is_withheld(recorded: Recorded, name: str) -> None:
    assert planted(recorded, name).name == WITHHELD


def test_of_the_machine_only_what_is_listed_is_told(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=trial,host.name=quetzalnik")
    span = planted(Recorded())
    assert span.resource.attributes["deployment.environment.name"] == "trial"
    assert span.resource.attributes["service.name"] == "wayhome-sample"
    assert "host.name" not in span.resource.attributes


def test_a_failure_is_told_by_its_class_alone(recorded: Recorded) -> None:
    span = recorded.tracing.span("work", Kind.INTERNAL)
    with pytest.raises(LookupError), span.at_work():
        raise LookupError(CANARY)
    told = recorded.one("work")
    assert (told.attributes or {})[Attribute.ERROR] == "LookupError"
    assert "Quetzalnik" not in recorded.text()


def test_no_library_finds_a_tracer_to_use(recorded: Recorded) -> None:
    foreign = trace.get_tracer("library").start_span("foreign")
    foreign.end()
    assert not foreign.is_recording()
    assert recorded.spans == []


def test_without_a_collector_nothing_is_recorded_and_the_trace_of_others_is_handed_on() -> None:
    tracing = Tracing()
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    span = tracing.span("work", Kind.CONSUMER, parent=parent)
    with span.at_work():
        assert tracing.here() is None
    assert span.traceparent == parent
    assert tracing.span("work", Kind.SERVER).traceparent is None


@pytest.mark.asyncio(loop_scope="session")
async def test_a_collector_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing_module, "FLUSH_SECONDS", 0.2)
    hanging = threading.Event()
    tracing = Tracing(Recorded().tracing._tracer, shut_down=lambda: bool(hanging.wait(30)) or None)
    began = time.monotonic()
    await tracing.close()
    assert time.monotonic() - began < 10
    hanging.set()


def test_a_trace_is_kept_or_left_out_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.0")
    first, second = Recorded(), Recorded()
    request = first.tracing.span("request", Kind.SERVER)
    follows = second.tracing.span("process", Kind.CONSUMER, parent=request.traceparent)
    request.end()
    follows.end()
    assert (first.spans, second.spans) == ([], [])
    assert trace_id_of(request.traceparent) == trace_id_of(follows.traceparent) is not None


def test_without_a_collector_the_sdk_is_not_even_loaded() -> None:
    program = "import sys, services.returns.__main__; sys.exit('opentelemetry.sdk.trace' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("address", ["collector:4318", "ftp://collector", "http:// collector"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    with pytest.raises(SettingsInvalid) as refusal:
        load_settings(service_named("reporting").settings)
    assert "OTLP_ENDPOINT" in str(refusal.value).upper()
    assert address not in str(refusal.value)
