"""One trace over four processes: from a request through outbox, log and consumers to a webhook and what follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from deploy.local import queues
from deploy.local.casework import CaseWork
from deploy.local.people import Traveller
from deploy.local.quoting import quote
from shared.http.trusted import trusted_client
from shared.telemetry.span_export import ALLOWED_ATTRIBUTES, ALLOWED_RESOURCE
from shared.testing.eventually import eventually
from tests.deploy.house import House
from tests.deploy.house import house as house
from tests.registry.receiver import Receiver, receiver

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
TODAY = date.today()  # noqa: DTZ011 - the services run on the real clock here
CANARIES = ("Quetzalnik", "Zephyrosa", "1979-03-17")
THEIRS = "0af7651916cd43dd8448eb211c80319c"
DEPARTURE = "POST /returns/v1/cases/{case_id}/departure"
PUBLISH, PROCESS, DELIVER = "publish {}", "process {}", "deliver departed"
DEPARTED, MADE = "returns.case.departed.v1", "registry.delivery.made.v1"


@dataclass
class Step:
    """One span as the collector got it, and the process that sent it."""

    span: Span
    service: str
    process: int

    @property
    def name(self) -> tuple[str, str]:
        return self.service.removeprefix("wayhome-"), self.span.name


@dataclass
class Collector:
    """What arrived over OTLP."""

    hook: Receiver
    keys: set[str] = field(default_factory=set)
    resource_keys: set[str] = field(default_factory=set)

    @property
    def raw(self) -> str:
        return "".join(body.decode("latin-1") for _, body in self.hook.got)

    def steps(self) -> list[Step]:
        found = []
        for _, body in self.hook.got:
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                of = {item.key: item.value for item in group.resource.attributes}
                self.resource_keys |= set(of)
                for scope in group.scope_spans:
                    self.keys |= {item.key for span in scope.spans for item in span.attributes}
                    assert not any(span.events or span.status.message for span in scope.spans)
                    found += [
                        Step(span, of["service.name"].string_value, of["process.pid"].int_value) for span in scope.spans
                    ]
        return found

    def trace_of(self, name: str) -> list[Step]:
        """Every span of the one trace that begins so."""
        steps = self.steps()
        begun = [step.span.trace_id for step in steps if step.span.name == name]
        return [step for step in steps if step.span.trace_id in begun]


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    """Listens before the house is built, so that its services are told where to send."""
    async with receiver() as hook:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", hook.url.removesuffix("/hook"))
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        yield Collector(hook)


async def depart(house: House) -> None:
    """A mother and her child as far as the gate, with her consent that the partner is told."""
    cast, case = house.cast, CaseWork(house.cast)
    born = date(1979, 3, 17)
    family = [
        Traveller("main_applicant", "Zephyrosa", "Quetzalnik", 2, born, "GEO"),
        Traveller("child", "Zephyrosa", "Quetzalnik", 1, TODAY - timedelta(days=4000), "GEO"),
    ]
    await case.open(family, destination="GEO", on=TODAY)
    await case.protect_children()
    mother = case.adults[0]
    await case.consent(mother, recipients=[cast.partner_id], on=TODAY)
    await case.declare(mother, on=TODAY)
    await case.submit(on=TODAY)
    await case.screen(on=TODAY)
    await case.find("eligible", on=TODAY)
    await case.decide(on=TODAY, quote_id=(await quote(cast, case, stay_months=9))["id"])
    await case.prepare(on=TODAY)
    await case.book(travel_on=TODAY)
    await case.papers(travel_on=TODAY)
    await case.declare(mother, on=TODAY, kind="reconfirmation")
    await case.make_ready(on=TODAY)
    await case.depart(on=TODAY)


async def knock_with_canaries(house: House) -> None:
    """What callers control: path, query, headers, and a trace of their own."""
    token = house.cast.desks["caseworker"].token
    headers = {
        "Authorization": f"Bearer {token}",
        "traceparent": f"00-{THEIRS}-b7ad6b7169203331-01",
        "tracestate": "name=Quetzalnik",
        "baggage": "name=Quetzalnik",
        "X-Request-Id": "Quetzalnik-Zephyrosa",
    }
    async with trusted_client(house.supervisor.addresses["returns"], headers=headers) as client:
        for method, path in (
            ("GET", "/returns/v1/cases?state=Quetzalnik"),
            ("GET", "/returns/v1/cases/Quetzalnik"),
            ("GET", "/Quetzalnik/Zephyrosa"),
        ):
            assert "traceparent" not in (await client.request(method, path)).headers
    async with trusted_client(house.supervisor.addresses["registry"], headers=headers) as client:
        answer = await client.post("/registry/v1/agency-messages", json={"type": "Quetzalnik"})
        assert answer.status_code in (401, 403)


async def test_one_trace_from_the_request_to_the_webhook_and_beyond(house: House, collector: Collector) -> None:
    await knock_with_canaries(house)
    await depart(house)
    await queues.settle(house.supervisor.databases, within=60)
    expected = {
        ("returns", DEPARTURE),
        ("returns", PUBLISH.format(DEPARTED)),
        ("registry", PROCESS.format(DEPARTED)),
        ("reintegration", PROCESS.format(DEPARTED)),
        ("reporting", PROCESS.format(DEPARTED)),
        ("registry", DELIVER),
        ("registry", PUBLISH.format(MADE)),
        ("reporting", PROCESS.format(MADE)),
    }
    await eventually(lambda: expected <= {step.name for step in collector.trace_of(DEPARTURE)}, within=30)
    trace = collector.trace_of(DEPARTURE)
    assert len({step.span.trace_id for step in trace}) == 1
    assert len({step.process for step in trace}) == 4
    _parents_are_right({step.name: step.span for step in trace})
    _nothing_about_anybody(collector)
    await _no_trace_id_left_the_house(house, trace)


def _parents_are_right(spans: dict[tuple[str, str], Span]) -> None:
    request, attempt = spans["returns", DEPARTURE], spans["registry", DELIVER]
    told = spans["registry", PROCESS.format(DEPARTED)]
    assert request.parent_span_id == b""
    for child in (
        spans["returns", PUBLISH.format(DEPARTED)],
        told,
        spans["reintegration", PROCESS.format(DEPARTED)],
        spans["reporting", PROCESS.format(DEPARTED)],
    ):
        assert child.parent_span_id == request.span_id
    assert attempt.parent_span_id == told.span_id
    assert spans["registry", PUBLISH.format(MADE)].parent_span_id == attempt.span_id
    assert spans["reporting", PROCESS.format(MADE)].parent_span_id == attempt.span_id
    kinds: list[Any] = [request.kind, told.kind, attempt.kind]
    assert kinds == [Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER, Span.SPAN_KIND_CLIENT]


def _nothing_about_anybody(collector: Collector) -> None:
    assert len(collector.steps()) > 50
    assert collector.keys <= ALLOWED_ATTRIBUTES
    assert collector.resource_keys <= ALLOWED_RESOURCE
    assert [canary for canary in CANARIES if canary.lower() in collector.raw.lower()] == []
    assert {step.span.trace_id.hex() for step in collector.steps()}.isdisjoint({THEIRS})
    names = {step.span.name for step in collector.steps()}
    assert {"GET", "GET /returns/v1/cases", "GET /returns/v1/cases/{case_id}"} <= names


async def _no_trace_id_left_the_house(house: House, trace: list[Step]) -> None:
    received = str(house.cast.playing("partner").received)
    assert "departed" in received
    assert trace[0].span.trace_id.hex() not in received
