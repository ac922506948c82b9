"""Which documents there are, what belongs in each, and what is different in the committed ones."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.contracts.events_page import events_page
from deploy.contracts.reintegration_plan_page import reintegration_plan_page
from deploy.contracts.return_case_page import return_case_page
from deploy.contracts.travel_documents_page import travel_documents_page
from services.registry.contracts.rule_table_reading import rule_table_schema
from shared.app import routed_app
from shared.events.asyncapi import asyncapi_document
from shared.service import Service

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("registry", "returns", "reintegration", "reporting")
FOLDER = Path("docs/contracts")
PAGE = Path("docs/events.md")
CASE_PAGE = Path("docs/return-case.md")
PLAN_PAGE = Path("docs/reintegration-plan.md")
TRAVEL_DOCUMENTS_PAGE = Path("docs/travel-documents.md")
REMEDY = "run `make contracts` and commit what it writes"


def services() -> list[Service]:
    """The tables of contents of all services."""
    return [importlib.import_module(f"services.{name}.service").SERVICE for name in NAMES]


def documents(found: Sequence[Service]) -> dict[Path, str]:
    """Every document by its path below the project's folder; the same text each time."""
    texts = {FOLDER / "openapi" / f"{service.name}.json": _json(routed_app(service).openapi()) for service in found}
    texts[FOLDER / "rule-table.schema.json"] = _json(rule_table_schema())
    pages = {
        PAGE: events_page(found),
        CASE_PAGE: return_case_page(),
        PLAN_PAGE: reintegration_plan_page(),
        TRAVEL_DOCUMENTS_PAGE: travel_documents_page(),
    }
    return {**texts, FOLDER / "asyncapi.json": _json(asyncapi_document(found)), **pages}


def write(root: Path, wanted: Mapping[Path, str]) -> list[str]:
    """Write what is new or different and remove what is no longer wanted; the paths that changed."""
    changed = []
    for path, text in wanted.items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            changed.append(f"{path}: written")
    for path in _left_over(root, wanted):
        (root / path).unlink()
        changed.append(f"{path}: removed")
    return changed


def differences(root: Path, wanted: Mapping[Path, str]) -> list[str]:
    """One sentence for every document that is not as the code says; empty when all are."""
    found = []
    for path, text in wanted.items():
        target = root / path
        if not target.exists():
            found.append(f"{path} is not committed; {REMEDY}")
        elif (committed := target.read_text(encoding="utf-8")) != text:
            found.append(f"{path} is stale, first in line {_first_difference(committed, text)}; {REMEDY}")
    return found + [f"{path} describes nothing any more; {REMEDY}" for path in _left_over(root, wanted)]


def _left_over(root: Path, wanted: Mapping[Path, str]) -> list[Path]:
    there = (path.relative_to(root) for path in (root / FOLDER).rglob("*.json"))
    return sorted(path for path in there if path not in wanted)


def _first_difference(one: str, other: str) -> int:
    lines, others = one.splitlines(), other.splitlines()
    pairs = enumerate(zip(lines, others, strict=False), start=1)
    return next((number for number, (left, right) in pairs if left != right), min(len(lines), len(others)) + 1)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
