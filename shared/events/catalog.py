"""The published contracts as files: one JSON Schema and one golden example per event, committed and compared.

Growth is additive: a committed schema may gain optional fields; anything else needs a new major version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.events.contract import EventContract


def schema_of(contract: type[EventContract]) -> dict[str, Any]:
    """The JSON Schema of one contract's data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:wayhome:schema:{contract.event_type}",
        **contract.model_json_schema(),
    }


def example_of(contract: type[EventContract]) -> dict[str, Any]:
    """The golden example: what the contract makes of its declared example."""
    return contract.model_validate(contract.example).data()


def _files(contract: type[EventContract], folder: Path) -> dict[Path, str]:
    return {
        folder / f"{contract.event_type}.schema.json": _text(schema_of(contract)),
        folder / f"{contract.event_type}.example.json": _text(example_of(contract)),
    }


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write_contracts(contracts: Iterable[type[EventContract]], folder: Path) -> None:
    """Write schemas and examples of a service's events."""
    folder.mkdir(parents=True, exist_ok=True)
    for contract in contracts:
        for path, text in _files(contract, folder).items():
            path.write_text(text)


def check_contracts(contracts: Iterable[type[EventContract]], folder: Path) -> list[str]:
    """What differs between the classes and the committed files; empty when nothing does."""
    differences: list[str] = []
    wanted: set[Path] = set()
    for contract in contracts:
        for path, text in _files(contract, folder).items():
            wanted.add(path)
            if not path.exists():
                differences.append(f"{path.name}: not committed; run `make contracts`")
            elif path.read_text() != text:
                differences.append(f"{path.name}: differs from the class; run `make contracts`")
    differences += [f"{path.name}: no such contract any more" for path in sorted(set(folder.glob("*.json")) - wanted)]
    return differences


def breaking_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Why a schema is not an additive successor of another; empty when it is.

    A consumer that knows the old schema must understand every document of the new one: fields stay, keep their type,
    required ones
    stay required, and value lists may only grow where consumers read tolerantly.
    """
    found: list[str] = []
    old, new = before.get("properties", {}), after.get("properties", {})
    for name, shape in old.items():
        if name not in new:
            found.append(f"field '{name}' was removed")
        elif _type(shape) != _type(new[name]):
            found.append(f"field '{name}' changed its type")
    found += [
        f"field '{name}' is no longer always there"
        for name in set(before.get("required", ())) - set(after.get("required", ()))
    ]
    for name, definition in before.get("$defs", {}).items():
        if name in after.get("$defs", {}):
            found += [f"{name}: {reason}" for reason in breaking_changes(definition, after["$defs"][name])]
    return found


def _type(shape: dict[str, Any]) -> Any:
    keys = ("type", "format", "$ref", "items", "additionalProperties")
    chosen = {key: shape[key] for key in keys if key in shape}
    if "anyOf" in shape:
        chosen["anyOf"] = sorted(json.dumps(_type(option), sort_keys=True) for option in shape["anyOf"])
    return chosen
