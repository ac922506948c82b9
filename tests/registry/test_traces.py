"""A webhook belongs to the trace of the fact it tells, and the trace stays inside the house."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from services.registry.commands.send_deliveries import send_due
from shared.http.outbound import OutboundClient
from shared.protection.signatures import signed_headers
from shared.telemetry.tracing import Attribute
from shared.testing.plugin import Run
from tests.registry.receiver import Receiver, receiver
from tests.registry.story import RegistryStory
from tests.shared.telemetry.recorded import Recorded, parent_id, place, where

pytestmark = pytest.mark.asyncio(loop_scope="session")
PROCESS, DELIVER = "process returns.itinerary.confirmed.v1", "deliver itinerary.confirmed"
THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Traced:
    """A story with one receiver, and what is recorded of it."""

    def __init__(self, story: RegistryStory, hook: Receiver, recorded: Recorded) -> None:
        self.story, self.hook, self.recorded = story, hook, recorded

    async def deliver(self) -> None:
        client = OutboundClient(allow_loopback=True, deadline_seconds=3)
        while await send_due(self.story.service.runtime, client):
            pass
        await client.close()

    @property
    def attempts(self) -> list[ReadableSpan]:
        return [span for span in self.recorded.spans if span.name == DELIVER]


@pytest_asyncio.fixture(loop_scope="session")
async def traced(running: Run) -> AsyncIterator[Traced]:
    recorded = Recorded("registry")
    story = RegistryStory(await running("registry", tracing=recorded.tracing))
    await story.enrol()
    async with receiver() as hook:
        await story.endpoint("partner", hook.url, ["itinerary.confirmed"])
        await story.opened()
        for person in story.persons:
            await story.consent("partner", person, "reintegration")
        await story.approved()
        await story.itinerary()
        yield Traced(story, hook, recorded)


async def test_a_webhook_goes_on_from_the_event_that_caused_it_and_what_follows_from_the_webhook(
    traced: Traced,
) -> None:
    await traced.deliver()
    cause, (attempt,) = traced.recorded.one(PROCESS), traced.attempts
    assert attempt.kind is SpanKind.CLIENT
    assert (place(attempt).trace_id, parent_id(attempt)) == (place(cause).trace_id, place(cause).span_id)
    assert dict(attempt.attributes or {}) == {
        Attribute.METHOD: "POST",
        Attribute.STATUS: 204,
        Attribute.PAYLOAD_TYPE: "itinerary.confirmed",
        Attribute.ATTEMPT: 1,
        Attribute.OUTCOME: "delivered",
    }
    (made,) = await traced.story.service.published("registry.delivery.made.v1")
    assert made.traceparent == where(attempt)


async def test_no_trace_id_leaves_with_a_webhook(traced: Traced) -> None:
    await traced.deliver()
    ((headers, body),) = traced.hook.got
    assert not {"traceparent", "tracestate", "baggage", "x-request-id"} & set(headers)
    ids = {f"{place(span).trace_id:032x}" for span in traced.recorded.spans}
    ids |= {f"{place(span).span_id:016x}" for span in traced.recorded.spans}
    assert [found for found in ids if found in f"{headers}{body!r}"] == []


async def test_every_attempt_has_its_span_and_a_refusal_is_told_by_its_status(traced: Traced) -> None:
    traced.hook.script = ["503 Busy"]
    await traced.deliver()
    traced.story.service.clock.advance(seconds=60)
    await traced.deliver()
    refused, delivered = traced.attempts
    assert [(span.attributes or {})[Attribute.ATTEMPT] for span in (refused, delivered)] == [1, 2]
    assert refused.status.status_code is StatusCode.ERROR
    assert (refused.attributes or {})[Attribute.ERROR] == "503"
    assert place(refused).trace_id == place(delivered).trace_id


async def test_neither_recipient_nor_case_is_in_a_span(traced: Traced) -> None:
    await traced.deliver()
    told = traced.recorded.text()
    reference = traced.hook.bodies[0]["data"]["agency_case_ref"]
    secret = (traced.story.case_id, reference, *traced.story.ids.values(), *traced.story.persons, traced.hook.url)
    assert [value for value in secret if value in told] == []


async def test_the_trace_in_an_agencys_headers_is_ignored(traced: Traced) -> None:
    await traced.deliver()
    reference = traced.hook.bodies[0]["data"]["agency_case_ref"]
    data = {"agency_case_ref": reference, "arrived_on": "2026-03-02", "evidence": "partner_met"}
    body = json.dumps({"type": "arrival.confirmed", "timestamp": "2026-03-02T09:00:00Z", "data": data}).encode()
    at = int(traced.story.service.clock.now().timestamp())
    signed = signed_headers([traced.story.keys["partner"]], f"msg_{uuid4().hex}", at, body)
    headers = {**signed, "traceparent": THEIRS, "tracestate": "a=b", "baggage": "a=b"}
    answer = await traced.story.client("partner").post("/registry/v1/agency-messages", content=body, headers=headers)
    assert answer.status_code == 202, answer.text
    (event,) = await traced.story.service.published("registry.agency-message.received.v1")
    assert event.traceparent == where(traced.recorded.one("POST /registry/v1/agency-messages"))
    assert THEIRS[3:35] not in traced.recorded.text()
    assert "traceparent" not in answer.headers
