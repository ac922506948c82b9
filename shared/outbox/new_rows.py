"""Writes new rows at commit on the driver's connection, in the same statement as what else a command leaves behind.

The ORM writes a new row with a flush of its own, one exchange with the database per table and a good deal of work per
row. A row that nothing in its unit of work reads again needs neither (figures: ADR 0003).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, Table
from sqlmodel import SQLModel

MOST_FOLDED = 12
"""More rows than this go with one statement per table, so that prepared statements stay few and short."""

NewRow = tuple[str, Mapping[str, Any]]


def new_row(row: SQLModel) -> NewRow:
    """Table and values of a row as it is now."""
    table, columns = _columns_of(type(row))
    held = row.__dict__
    return table, {name: _as_json(held[name]) if is_json else held[name] for name, is_json in columns}


@cache
def _columns_of(kind: type[SQLModel]) -> tuple[str, tuple[tuple[str, bool], ...]]:
    table: Table = kind.__table__  # type: ignore[attr-defined]
    return table.name, tuple((column.name, isinstance(column.type, JSON)) for column in table.columns)


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


async def insert_many(connection: Any, rows: Sequence[NewRow]) -> None:
    """Insert rows by table, tables in the order in which they first come."""
    shapes: dict[tuple[str, tuple[str, ...]], list[list[Any]]] = {}
    for table, values in rows:
        shapes.setdefault((table, tuple(values)), []).append(list(values.values()))
    for (table, columns), alike in shapes.items():
        await connection.executemany(_insert(table, columns, 0), alike)


def folded(statement: str, taken: int, rows: Sequence[NewRow]) -> tuple[str, list[Any]]:
    """A statement that begins with WITH and has so many places, with the insertion of these rows in front; their
    values."""
    shapes = tuple((table, tuple(values)) for table, values in rows)
    return _folded(statement, taken, shapes), [value for _, values in rows for value in values.values()]


@cache
def _folded(statement: str, taken: int, shapes: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    parts = []
    for number, (table, columns) in enumerate(shapes, 1):
        parts.append(f"new_row_{number} AS ({_insert(table, columns, taken)})")
        taken += len(columns)
    return statement.replace("WITH ", f"WITH {', '.join(parts)}, ", 1) if parts else statement


@cache
def _insert(table: str, columns: tuple[str, ...], taken: int) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${taken + place}" for place in range(1, len(columns) + 1))
    return f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608 - names of our own tables and columns
