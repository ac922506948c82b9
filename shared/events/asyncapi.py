"""The event catalogue as one AsyncAPI 3.0 document: topics, who writes, who reads, every message with an example."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from shared.eventlog.protocol import PARTITIONS
from shared.events.catalog import schema_of
from shared.events.contract import EventContract
from shared.events.examples import sealed_example
from shared.events.subscriptions import Subscription
from shared.vocabulary import with_meanings

if TYPE_CHECKING:
    from shared.service import Service

Document = dict[str, Any]
CONTENT_TYPE = "application/cloudevents+json"
KAFKA = {"bindingVersion": "0.5.0"}
ABOUT = (
    "Every fact that a Wayhome service publishes. A record's value is a CloudEvents 1.0 envelope in structured JSON, "
    "its key is the envelope's `subject`. Everything with one key is in order and counted without gaps by `sequence`; "
    "a reader may see a record twice and knows it again by `id`. Events grow additively: readers ignore what they do "
    "not know. The embedded log of the one-machine deployment carries the same bytes."
)
TEXT = {"type": "string", "minLength": 1}
ENVELOPE: Document = {
    "type": "object",
    "description": "CloudEvents 1.0, structured JSON.",
    "required": [
        *("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "sequence"),
        *("correlationid", "data"),
    ],
    "properties": {
        "specversion": {"const": "1.0", "description": "Version of CloudEvents."},
        "id": {**TEXT, "format": "uuid", "description": "The event; the same when it is delivered again."},
        "source": {**TEXT, "format": "uri-reference", "description": "The service that published it."},
        "type": {**TEXT, "description": "Service, thing, fact and major version."},
        "subject": {**TEXT, "description": "The key: one key, one order, one partition."},
        "time": {**TEXT, "format": "date-time", "description": "Instant at which it was published, UTC."},
        "datacontenttype": {"const": "application/json", "description": "Form of `data`."},
        "dataschema": {**TEXT, "format": "uri", "description": "Name of the schema of `data`."},
        "sequence": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "Gapless number within the key."},
        "correlationid": {**TEXT, "description": "The request that began it; for support only."},
        "causationid": {**TEXT, "description": "The event or request that caused it."},
        "traceparent": {**TEXT, "description": "W3C trace context."},
        "data": {"type": "object", "description": "The fact itself."},
    },
}


def consumers_of(event_type: str, services: Iterable[Service]) -> list[tuple[str, Subscription]]:
    """Who reads an event, by name."""
    found = ((service.name, entry) for service in services for entry in service.subscriptions)
    return sorted(((name, entry) for name, entry in found if entry.event_type == event_type), key=lambda it: it[0])


def why(entry: Subscription) -> str:
    """What a reader does with it: the handler's first sentence without the event's name."""
    sentence = " ".join((inspect.getdoc(entry.handler) or "").split("\n\n", 1)[0].split())
    name = entry.event_type.removesuffix(".v1")
    return sentence.removeprefix(f"{name}:").strip().rstrip(".") or "reads it"


def asyncapi_document(services: Sequence[Service]) -> Document:
    """One document for the whole house."""
    publishers = [service for service in services if service.published]
    contracts = [contract for service in publishers for contract in _sorted(service.published)]
    return {
        "asyncapi": "3.0.0",
        "id": "urn:wayhome:events",
        "info": {
            "title": "Wayhome events",
            "version": "1.0.0",
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
            "tags": [{"name": service.name, "description": service.description} for service in services],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"log": _server()},
        "channels": {service.name: _channel(service) for service in publishers},
        "operations": dict(sorted(_operations(services).items())),
        "components": {
            "messages": {contract.event_type: _message(contract, services) for contract in contracts},
            "schemas": {"Envelope": ENVELOPE, **{contract.event_type: _data(contract) for contract in contracts}},
        },
    }


def _sorted(contracts: Iterable[type[EventContract]]) -> list[type[EventContract]]:
    return sorted(contracts, key=lambda contract: contract.event_type)


def _server() -> Document:
    broker = {"default": "localhost:9092", "description": "What the deployment's settings name."}
    return {
        "host": "{broker}",
        "protocol": "kafka",
        "description": "Apache Kafka, where a deployment has chosen it; otherwise the embedded log.",
        "variables": {"broker": broker},
    }


def _channel(service: Service) -> Document:
    return {
        "address": service.name,
        "title": f"Facts of {service.name}",
        "description": f"{service.description} Kept without end; a key's partition is CRC-32 of its text modulo "
        f"{PARTITIONS}. A deployment may put its own prefix before the topic's name.",
        "servers": [{"$ref": "#/servers/log"}],
        "messages": {
            contract.event_type: {"$ref": f"#/components/messages/{contract.event_type}"}
            for contract in _sorted(service.published)
        },
        "bindings": {
            "kafka": {
                **KAFKA,
                "topic": service.name,
                "partitions": PARTITIONS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1},
            }
        },
    }


def _operations(services: Sequence[Service]) -> Document:
    found: Document = {}
    for service in services:
        if service.published:
            types = [contract.event_type for contract in _sorted(service.published)]
            found[f"{service.name}.publishes"] = {
                "action": "send",
                "summary": f"{service.name} publishes its facts",
                "description": "Through the outbox: a fact is sent if, and only if, its transaction was committed.",
                **_on_channel(service.name, types, service.name),
            }
        for topic in service.topics:
            entries = sorted(
                (entry for entry in service.subscriptions if entry.event_type.startswith(f"{topic}.")),
                key=lambda entry: entry.event_type,
            )
            found[f"{service.name}.reads.{topic}"] = {
                "action": "receive",
                "summary": f"{service.name} reacts to facts of {topic}",
                "description": "\n".join(f"- `{entry.event_type}`: {why(entry)}" for entry in entries),
                **_on_channel(topic, [entry.event_type for entry in entries], service.name),
                "bindings": {"kafka": {**KAFKA, "groupId": {"type": "string", "pattern": f"wayhome-{service.name}$"}}},
            }
    return found


def _on_channel(topic: str, types: Iterable[str], service: str) -> Document:
    return {
        "channel": {"$ref": f"#/channels/{topic}"},
        "messages": [{"$ref": f"#/channels/{topic}/messages/{event_type}"} for event_type in types],
        "tags": [{"name": service}],
    }


def _message(contract: type[EventContract], services: Sequence[Service]) -> Document:
    readers = consumers_of(contract.event_type, services)
    told = inspect.getdoc(contract) or ""
    key = {"type": "string", "description": f"The `{contract.key_field}` of the fact."}
    return {
        "name": contract.event_type,
        "title": contract.__name__,
        "summary": " ".join(told.split("\n\n", 1)[0].split()),
        "description": "\n".join([told, "", *(f"- {name}: {why(entry)}" for name, entry in readers)]).strip(),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid", "description": "The request that began it."},
        "payload": _payload(contract),
        "bindings": {"kafka": {**KAFKA, "key": key}},
        "examples": [{"name": "golden", "payload": json.loads(sealed_example(contract))}],
        "x-consumers": [name for name, _ in readers],
    }


def _payload(contract: type[EventContract]) -> Document:
    """The envelope, closed around one type."""
    fixed = {
        "source": {"const": f"/wayhome/{contract.topic()}"},
        "type": {"const": contract.event_type},
        "dataschema": {"const": schema_of(contract)["$id"]},
        "data": {"$ref": f"#/components/schemas/{contract.event_type}"},
    }
    return {"allOf": [{"$ref": "#/components/schemas/Envelope"}, {"type": "object", "properties": fixed}]}


def _data(contract: type[EventContract]) -> Document:
    """The schema of the data in the dialect of AsyncAPI: draft 07, its parts under `definitions`."""
    schema = with_meanings(schema_of(contract))
    parts = schema.pop("$defs", {})
    for name in ("$id", "$schema"):
        schema.pop(name)
    found = {**schema, **({"definitions": parts} if parts else {})}
    translated = _translated(found, f"#/components/schemas/{contract.event_type}/definitions/")
    assert isinstance(translated, dict)  # noqa: S101 - a dictionary stays one
    return translated


def _translated(schema: Any, home: str) -> Any:
    if isinstance(schema, list):
        return [_translated(entry, home) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _translated(value, home) for key, value in schema.items()}
    if isinstance(inner.get("$ref"), str):
        reference = {"$ref": home + inner.pop("$ref").removeprefix("#/$defs/")}
        return {"allOf": [reference], **inner} if inner else reference
    return inner
