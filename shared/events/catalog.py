"""The published contracts as files: one JSON Schema and one golden example per event, committed and compared.

Growth is additive: a committed schema may gain optional fields; anything else needs a new major version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.events.contract import EventContract
from shared.events.growth import KEY, breaking_changes

__all__ = ["BreakingChange", "breaking_changes", "check_contracts", "example_of", "schema_of", "write_contracts"]


def schema_of(contract: type[EventContract]) -> dict[str, Any]:
    """The JSON Schema of one contract's data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:wayhome:schema:{contract.event_type}",
        KEY: contract.key_field,
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


class BreakingChange(Exception):
    """The committed schemas promise what the classes no longer keep; `reasons` says where."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def write_contracts(contracts: Iterable[type[EventContract]], folder: Path, *, accept_breaking: bool = False) -> None:
    """Write schemas and examples of a service's events; raises BreakingChange, and writes nothing, when a promise
    would be broken and nobody said that this is meant."""
    contracts = list(contracts)
    wanted = {path: text for contract in contracts for path, text in _files(contract, folder).items()}
    gone = sorted(set(folder.glob("*.json")) - wanted.keys())
    reasons = [*_broken(contracts, folder), *[f"{path.name}: published and taken away" for path in gone]]
    if reasons and not accept_breaking:
        raise BreakingChange(reasons)
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in gone:
        path.unlink()


def _broken(contracts: Iterable[type[EventContract]], folder: Path) -> list[str]:
    """Where the classes break what the committed schemas promise."""
    found: list[str] = []
    for contract in contracts:
        path = folder / f"{contract.event_type}.schema.json"
        if path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
            found += [f"{contract.event_type}: {reason}" for reason in breaking_changes(before, schema_of(contract))]
    return found


def check_contracts(contracts: Iterable[type[EventContract]], folder: Path) -> list[str]:
    """What differs between the classes and the committed files; empty when nothing does."""
    contracts = list(contracts)
    differences: list[str] = [f"{reason}; this breaks its readers" for reason in _broken(contracts, folder)]
    wanted: set[Path] = set()
    for contract in contracts:
        for path, text in _files(contract, folder).items():
            wanted.add(path)
            if not path.exists():
                differences.append(f"{path.name}: not committed; run `make contracts`")
            elif path.read_text(encoding="utf-8") != text:
                differences.append(f"{path.name}: differs from the class; run `make contracts`")
    differences += [f"{path.name}: no such contract any more" for path in sorted(set(folder.glob("*.json")) - wanted)]
    return differences
