"""docs/events.md: the event catalogue as a page to read, made from the same classes as the schemas."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any

from shared.eventlog.protocol import PARTITIONS
from shared.events.asyncapi import consumers_of, why
from shared.events.catalog import example_of, schema_of
from shared.events.contract import EventContract
from shared.service import Service
from shared.vocabulary import with_meanings

STAMPED = ("occurred_at", "actor_role")
HEAD = f"""# Events

Every fact that a service publishes, who reads it and what its fields mean. Made by `make contracts`; `make check`
fails when it is stale. The same for machines: [contracts/asyncapi.json](contracts/asyncapi.json) (AsyncAPI 3.0), and
one JSON Schema and one example for each event in `services/<name>/contracts/schemas`.

- A service writes to one topic, its own name, in {PARTITIONS} partitions. The key decides the partition; everything
  with one key is in order and numbered without gaps (`sequence`).
- The record is a CloudEvents 1.0 envelope in structured JSON: `id`, `source`, `type`, `subject` (the key), `time`,
  `dataschema`, `sequence`, `correlationid`, perhaps `causationid` and `traceparent`, and `data`: the fields below.
- A reader may see a record twice and knows it again by `id`; it ignores fields it does not know.
- Events grow additively: optional fields may come. Anything else is a new major version beside the old one, and
  `contracts` refuses to write it over the old one.
- Every fact also carries `occurred_at` (instant of the command that made it a fact) and `actor_role` (role in which
  somebody acted, or `system`); they are left out of the tables.
"""


def events_page(services: Sequence[Service]) -> str:
    """The whole page."""
    publishers = [service for service in services if service.published]
    parts = [HEAD, *(_topic(service, services) for service in publishers)]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _topic(service: Service, services: Sequence[Service]) -> str:
    contracts = sorted(service.published, key=lambda contract: contract.event_type)
    lines = [
        f"## Topic `{service.name}`",
        "",
        service.description,
        "",
        "| type | key | what | read by |",
        "|---|---|---|---|",
    ]
    for contract in contracts:
        readers = ", ".join(name for name, _ in consumers_of(contract.event_type, services)) or "nobody yet"
        lines.append(f"| {_link(contract)} | `{contract.key_field}` | {_cell(_told(contract))} | {readers} |")
    return "\n".join([*lines, "", *(_event(contract, services) for contract in contracts)])


def _link(contract: type[EventContract]) -> str:
    anchor = contract.event_type.replace(".", "")
    return f"[`{contract.event_type}`](#{anchor})"


def _event(contract: type[EventContract], services: Sequence[Service]) -> str:
    schema = with_meanings(schema_of(contract))
    readers = consumers_of(contract.event_type, services)
    lines = [f"### {contract.event_type}", "", _told(contract), ""]
    lines.append(f"Published by {contract.topic()}, key `{contract.key_field}`.")
    lines += ["", *(f"- {name}: {why(entry)} ({_read_fields(entry.model)})" for name, entry in readers)]
    lines += ["", *_fields(schema, skip=STAMPED)]
    for name, part in schema.get("$defs", {}).items():
        lines += ["", f"`{name}`: {_cell(part.get('description', ''))}", "", *_fields(part)]
    example = {name: value for name, value in example_of(contract).items() if name not in STAMPED}
    lines += ["", "```json", json.dumps(example, indent=2, ensure_ascii=False), "```", ""]
    return "\n".join(lines)


def _read_fields(model: Any) -> str:
    names = [f"`{name}`" for name in model.model_fields]
    return f"reads {', '.join(names)}" if names else "reads no field of it"


def _told(contract: type[EventContract]) -> str:
    return " ".join((inspect.getdoc(contract) or "").split())


def _fields(schema: dict[str, Any], *, skip: Sequence[str] = ()) -> list[str]:
    required = schema.get("required", ())
    lines = ["| field | form | meaning |", "|---|---|---|"]
    for name, shape in schema.get("properties", {}).items():
        if name not in skip:
            form = _form(shape) + ("" if name in required else ", optional")
            lines.append(f"| `{name}` | {_cell(form)} | {_cell(shape.get('description', ''))} |")
    return lines


def _form(shape: dict[str, Any]) -> str:
    """A JSON Schema in words."""
    if "$ref" in shape:
        return f"`{shape['$ref'].rsplit('/', 1)[-1]}`"
    if "anyOf" in shape:
        return " or ".join(_form(option) for option in shape["anyOf"])
    if "enum" in shape or "const" in shape:
        return ", ".join(f"`{value}`" for value in shape.get("enum", [shape.get("const")]))
    if shape.get("type") == "array":
        return f"list of {_form(shape.get('items', {}))}"
    if shape.get("type") == "object":
        inner = shape.get("additionalProperties")
        return f"map to {_form(inner)}" if isinstance(inner, dict) and inner else "map"
    return str(shape.get("format") or shape.get("type") or "any")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
