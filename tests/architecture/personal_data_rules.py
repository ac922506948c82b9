"""What may be written down unsealed: event fields and text columns, each on a list extended by hand."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from sqlalchemy import ARRAY, JSON, MetaData, String, TypeDecorator
from sqlalchemy.types import TypeEngine

from shared.events.contract import EventContract

HERE = Path(__file__).parent
KIT_TABLES_OF_THE_LISTS = "kit"


def allowed(name: str) -> set[str]:
    """The entries of a list; what follows '#' is for the reader."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return {entry for line in lines if (entry := line.split("#", 1)[0].strip())}


def fields_not_allowed(published: Iterable[type[EventContract]], known: set[str]) -> list[str]:
    """Fields of events, nested ones too, that nobody has looked at yet."""
    found = []
    for contract in published:
        for path in field_paths(contract):
            if path.rsplit(".", 1)[-1] not in known:
                found.append(f"{contract.event_type}: {path}")
    return found


def field_paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Dotted names of all fields."""
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        for nested in _models_in(field.annotation):
            yield from field_paths(nested, f"{prefix}{name}.")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def columns_not_allowed(service: str, metadata: MetaData, known: set[str]) -> list[str]:
    """Columns that could hold text, are not sealed bytes, and nobody has looked at yet."""
    found = []
    for table in metadata.tables.values():
        for column in table.columns:
            if not _holds_text(column.type):
                continue
            names = {
                f"{service}.{table.name}.{column.name}",
                f"{KIT_TABLES_OF_THE_LISTS}.{table.name}.{column.name}",
            }
            if not names & known:
                found.append(f"{service}.{table.name}.{column.name}")
    return found


def _holds_text(kind: TypeEngine[Any]) -> bool:
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return isinstance(kind, String | JSON | ARRAY)


def service_table_of_contents(name: str) -> Any:
    """SERVICE of a service."""
    return importlib.import_module(f"services.{name}.service").SERVICE
