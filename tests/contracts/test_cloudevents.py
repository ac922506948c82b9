"""Every golden example is a CloudEvent for the SDK of the CloudEvents project, and means the same to it as to us."""

from __future__ import annotations

import json

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from deploy.contracts.documents import services
from shared.events.asyncapi import CONTENT_TYPE
from shared.events.contract import EventContract
from shared.events.envelope import Envelope
from shared.events.examples import HAPPENED, TRACE, sealed_example

PUBLISHED = {contract.event_type: contract for service in services() for contract in service.published}
OURS = ("sequence", "correlationid", "causationid", "traceparent")


def committed_example(contract: type[EventContract]) -> dict[str, object]:
    service = next(service for service in services() if service.name == contract.topic())
    path = service.folder / "contracts" / "schemas" / f"{contract.event_type}.example.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def read_by_the_sdk(value: bytes, key: str = "key") -> CloudEvent:
    """As a reader on Kafka would, who was told nothing but the content type."""
    message = KafkaMessage(headers={"content-type": CONTENT_TYPE.encode()}, key=key, value=value)
    event = from_structured_event(message)
    assert isinstance(event, CloudEvent)
    return event


@pytest.mark.parametrize("contract", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_the_sdk_reads_what_we_write(contract: type[EventContract]) -> None:
    sealed = sealed_example(contract)
    event, envelope = read_by_the_sdk(sealed), Envelope.parse(sealed)
    assert event.get_specversion() == "1.0"
    assert event.get_id() == str(envelope.id)
    assert event.get_type() == contract.event_type
    assert event.get_source() == f"/wayhome/{contract.topic()}"
    assert event.get_subject() == envelope.subject == contract.model_validate(contract.example).key
    assert event.get_time() == HAPPENED == envelope.time
    assert event.get_datacontenttype() == "application/json"
    assert event.get_dataschema() == f"urn:wayhome:schema:{contract.event_type}"
    assert {name: event.get_extension(name) for name in OURS} == {name: getattr(envelope, name) for name in OURS}
    assert event.get_extension("traceparent") == TRACE
    stamped = {"occurred_at": "2026-03-02T09:00:00Z", "actor_role": "caseworker"}
    assert event.get_data() == envelope.data == {**committed_example(contract), **stamped}


@pytest.mark.parametrize("contract", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_we_read_what_the_sdk_writes(contract: type[EventContract]) -> None:
    sealed = sealed_example(contract)
    assert Envelope.parse(JSONFormat().write(read_by_the_sdk(sealed))) == Envelope.parse(sealed)


@pytest.mark.parametrize(
    "planted",
    [{"id": ""}, {"source": None}, {"type": None}, {"specversion": "2.0"}, {"subject": ""}, {"correlation_id": "x"}],
    ids=lambda planted: next(iter(planted)),
)
def test_the_sdk_is_a_judge_and_refuses_what_is_no_cloud_event(planted: dict[str, str | None]) -> None:
    document = json.loads(sealed_example(next(iter(PUBLISHED.values()))))
    changed = {name: value for name, value in {**document, **planted}.items() if value is not None}
    with pytest.raises((CloudEventValidationError, ValueError)):
        JSONFormat().read(CloudEvent, json.dumps(changed))
