"""A request, the facts it leaves, and the events that cause more: where each goes on, and what is told of it."""

from __future__ import annotations

import asyncio
import json
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from opentelemetry.trace import SpanKind, StatusCode

from shared.auth.principal import Principal
from shared.eventlog.postgres import PostgresLog
from shared.eventlog.protocol import LogRecord, Place
from shared.ids import new_id
from shared.inbox.consumer import TAKE
from shared.inbox.processor import Holding
from shared.telemetry.logs import configure_logging
from shared.telemetry.tracing import Attribute
from shared.testing.databases import Databases
from shared.testing.eventually import eventually
from shared.testing.running import RunningService, foreign_envelope
from shared.worker import make_processor, make_relay
from tests.shared.telemetry.recorded import Recorded, parent_id, place, where

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CANARY = "Quetzalnik"
NOTES = "/sample/v1/notes"
CREATE, COUNT = f"POST {NOTES}", "POST /sample/v1/notes/{note_id}/count"
PROCESS = "process other.thing.happened.v1"


async def counted_note(traced: RunningService, **headers: str) -> dict[str, Any]:
    client = traced.client("caseworker", offices=["ZRH"])
    note: dict[str, Any] = (await client.post("/sample/v1/notes", json={"code": CANARY}, headers=headers)).json()
    path = f"/sample/v1/notes/{note['id']}/count?name={CANARY}"
    answer = await client.post(path, headers={"If-Match": '"1"', **headers})
    assert answer.status_code == 200, answer.text
    return note


def thing(note_id: str, *, traceparent: str | None = OTHERS, at: int = 0) -> LogRecord:
    raw = foreign_envelope(
        "other.thing.happened.v1", {"note_id": note_id}, key=note_id, sequence=at + 1, time="2026-03-02T09:00:00Z"
    )
    value = {**json.loads(raw), **({"traceparent": traceparent} if traceparent else {})}
    return LogRecord(place=Place("other", 0), offset=at, key=note_id, value=json.dumps(value).encode())


async def process(traced: RunningService, *records: LogRecord) -> None:
    """As the consumer does it: a batch of one partition that is ours."""
    owner = uuid4()
    async with traced.units.begin(actor=Principal.system("test")) as uow:
        where_to = {"consumer": "sample", "topic": "other", "partition": 0, "log_id": "test", "owner": owner}
        await uow.session.execute(TAKE, where_to)
    await make_processor(traced.runtime).process_batch(Holding(Place("other", 0), owner), records)


async def test_a_request_is_told_by_its_template_and_its_facts_go_on_from_it(
    traced: RunningService, recorded: Recorded
) -> None:
    await counted_note(traced)
    span = recorded.one(COUNT)
    assert (span.kind, span.parent) == (SpanKind.SERVER, None)
    assert dict(span.attributes or {}) == {
        Attribute.METHOD: "POST",
        Attribute.ROUTE: "/sample/v1/notes/{note_id}/count",
        Attribute.STATUS: 200,
        Attribute.OPERATION: "countNote",
    }
    (event,) = await traced.published()
    rows = await traced.fetch("SELECT traceparent FROM outbox")
    assert event.traceparent == rows[0]["traceparent"] == where(span)


async def test_a_callers_own_trace_is_neither_followed_nor_linked_nor_answered(
    traced: RunningService, recorded: Recorded
) -> None:
    client = traced.client("caseworker", offices=["ZRH"])
    headers = {"traceparent": OTHERS, "tracestate": f"name={CANARY}", "baggage": f"name={CANARY}"}
    answer = await client.get("/sample/v1/notes", headers=headers)
    span = recorded.one("GET /sample/v1/notes")
    assert (span.parent, list(span.links)) == (None, [])
    assert OTHERS[3:35] not in recorded.text()
    assert not {"traceparent", "tracestate", "traceresponse", "baggage"} & set(answer.headers)
    assert f"{place(span).trace_id:032x}" not in str(answer.headers)


async def test_nothing_that_a_caller_sent_is_in_a_span(traced: RunningService, recorded: Recorded) -> None:
    await counted_note(traced, **{"X-Request-Id": CANARY, "User-Agent": CANARY})
    client = traced.client("caseworker", offices=["ZRH"])
    for method, path in (("GET", f"/{CANARY}"), (CANARY, "/sample/v1/notes"), ("GET", f"/sample/v1/notes/{CANARY}")):
        await client.request(method, path)
    await client.post(f"/sample/v1/notes?{CANARY}", json={CANARY: CANARY})
    assert recorded.names == [CREATE, COUNT, "GET", f"_OTHER {NOTES}", "GET /sample/v1/notes/{note_id}", CREATE]
    assert CANARY.lower() not in recorded.text().lower()


async def test_health_and_metrics_leave_no_trace(traced: RunningService, recorded: Recorded) -> None:
    for path in ("health/live", "health/ready", "metrics"):
        assert (await traced.client().get(f"/sample/{path}")).status_code == 200
    assert recorded.spans == []


async def test_a_broken_request_is_told_as_failed(traced: RunningService, recorded: Recorded) -> None:
    await traced.fetch("ALTER TABLE note RENAME TO elsewhere")
    answer = await traced.client("caseworker", offices=["ZRH"]).get("/sample/v1/notes")
    assert answer.status_code == 500
    span = recorded.one("GET /sample/v1/notes")
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert (span.attributes or {})[Attribute.ERROR] == "500"


async def test_an_event_goes_on_in_its_trace_and_so_does_what_it_causes(
    traced: RunningService, recorded: Recorded
) -> None:
    note = await counted_note(traced)
    await process(traced, thing(note["id"]))
    span = recorded.one(PROCESS)
    assert span.kind is SpanKind.CONSUMER
    assert f"{place(span).trace_id:032x}" == OTHERS[3:35]
    assert parent_id(span) == int(OTHERS[36:52], 16)
    assert (span.attributes or {})[Attribute.OUTCOME] == "done"
    assert (await traced.published())[-1].traceparent == where(span)


async def test_each_event_of_a_batch_has_a_span_and_a_trace_of_its_own(
    traced: RunningService, recorded: Recorded
) -> None:
    note = await counted_note(traced)
    traces = [OTHERS.replace("0af7", f"0af{number}") for number in range(5)]
    await process(traced, *(thing(note["id"], traceparent=trace, at=at) for at, trace in enumerate(traces)))
    spans = [span for span in recorded.spans if span.name == PROCESS]
    assert [f"{place(span).trace_id:032x}" for span in spans] == [trace[3:35] for trace in traces]
    caused = [event.traceparent for event in (await traced.published())[-5:]]
    assert caused == [where(span) for span in spans]


async def test_what_was_rolled_back_is_not_told_and_what_failed_is_told_by_class(
    traced: RunningService, recorded: Recorded
) -> None:
    note, unknown = await counted_note(traced), str(new_id())
    await process(traced, thing(note["id"]), thing(unknown, at=1))
    spans = [span for span in recorded.spans if span.name == PROCESS]
    good = [span for span in spans if span.status.status_code is not StatusCode.ERROR]
    assert len(good) == 1  # the batch was rolled back, then the good one was done alone
    assert (await traced.published())[-1].traceparent == where(good[0])
    assert {(span.attributes or {})[Attribute.ERROR] for span in spans if span not in good} == {"NotFound"}
    assert unknown not in recorded.text()


async def test_an_event_without_a_trace_begins_one(traced: RunningService, recorded: Recorded) -> None:
    note = await counted_note(traced)
    await process(traced, thing(note["id"], traceparent=None))
    assert recorded.one(PROCESS).parent is None


async def test_concurrent_requests_have_traces_of_their_own(traced: RunningService, recorded: Recorded) -> None:
    await asyncio.gather(*(counted_note(traced) for _ in range(4)))
    counts = {where(span) for span in recorded.spans if span.name == COUNT}
    assert {event.traceparent for event in await traced.published()} == counts
    assert len({place(span).trace_id for span in recorded.spans}) == 8


async def test_publishing_is_part_of_the_trace(
    traced: RunningService, recorded: Recorded, databases: Databases
) -> None:
    await counted_note(traced)
    log_url = await databases.url_for_log()
    log, stop = await PostgresLog.create(log_url), asyncio.Event()
    relaying = asyncio.create_task(make_relay(traced.runtime, log).run(stop))
    await eventually(lambda: "publish sample.note.counted.v1" in recorded.names, within=20)
    stop.set()
    await relaying
    await log.close()
    await databases.drop(log_url)
    span, command = recorded.one("publish sample.note.counted.v1"), recorded.one(COUNT)
    assert span.kind is SpanKind.PRODUCER
    assert (place(span).trace_id, parent_id(span)) == (place(command).trace_id, place(command).span_id)
    assert (span.attributes or {})[Attribute.TOPIC] == "sample"


async def test_log_lines_name_the_trace(traced: RunningService, recorded: Recorded) -> None:
    stream = StringIO()
    configure_logging("sample", stream=stream)
    try:
        await traced.client("caseworker", offices=["ZRH"]).get("/sample/v1/notes")
        structlog.get_logger("sample").info("afterwards")
    finally:
        configure_logging("tests", level=40)
    lines = {line["event"]: line for line in map(json.loads, stream.getvalue().splitlines())}
    assert lines["request"]["trace_id"] == f"{place(recorded.spans[0]).trace_id:032x}"
    assert "trace_id" not in lines["afterwards"]


async def test_an_id_of_an_event_leads_from_the_span_to_the_event(traced: RunningService, recorded: Recorded) -> None:
    note = await counted_note(traced)
    await process(traced, thing(note["id"]))
    named = UUID(str((recorded.one(PROCESS).attributes or {})[Attribute.EVENT_ID]))
    rows = await traced.fetch("SELECT 1 FROM inbox WHERE event_id = $1", named)
    assert len(rows) == 1
