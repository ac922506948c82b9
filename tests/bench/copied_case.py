"""What one opened case leaves in the database of returns, read from a real one and ready to be written again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.returns.domain.file_reference import file_reference
from shared.ids import new_id, random_ref

BEFORE = ("alembic_version", "known_programme", "file_counter", "index_key")
GENERATED = "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND is_identity = 'YES'"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
COUNT = "SELECT nextval('file_number') FROM claimed"


@dataclass(frozen=True)
class Part:
    """One row: its table, its columns and the values that the real case left."""

    table: str
    columns: tuple[str, ...]
    values: tuple[Any, ...]


class CopiedCase:
    """Writes the same rows under new identities with two statements: claim and number, then everything else."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._claim = next(part for part in parts if part.table == "idempotency")
        self._rest = [part for part in parts if part.table != "idempotency"]
        case = self._row("return_case")
        self.case = case
        self._reference = case["file_reference"]
        self._person_ref = self._row("case_person")["person_ref"]
        names = {"id", "event_id"}
        self._old = sorted(
            {v for p in self._rest for c, v in zip(p.columns, p.values, strict=True) if c in names}, key=str
        )
        claim = _insert(self._claim, 1)
        self.claim_statement = f"WITH claimed AS ({claim} ON CONFLICT DO NOTHING RETURNING 1) {COUNT}"
        self.rest_statement = _all_in_one(self._rest)
        self._claim_makers = [self._maker(value) for value in self._claim.values]
        self._makers = [self._maker(value) for part in self._rest for value in part.values]

    @classmethod
    async def read(cls, connection: asyncpg.Connection) -> CopiedCase:
        """From a database in which exactly one case was opened."""
        parts = []
        for (table,) in await connection.fetch(TABLES):
            if table in BEFORE:
                continue
            generated = {row[0] for row in await connection.fetch(GENERATED, table)}
            for row in await connection.fetch(f'SELECT * FROM "{table}"'):
                columns = tuple(name for name in row.keys() if name not in generated)  # noqa: SIM118 - a Record
                parts.append(Part(table, columns, tuple(row[name] for name in columns)))
        return cls(parts)

    async def write(self, connection: asyncpg.Connection, key: str, digest: bytes) -> dict[str, Any]:
        """One more case in one transaction; the row of the case."""
        fresh: dict[Any, Any] = {old: new_id() for old in self._old}
        fresh |= {str(old): str(new) for old, new in list(fresh.items())}
        fresh[self._person_ref] = random_ref("person")
        fresh[self._claim.values[self._claim.columns.index("key")]] = key
        fresh[self._claim.values[self._claim.columns.index("request_hash")]] = digest
        async with connection.transaction():
            claim = [make(fresh) for make in self._claim_makers]
            number = await connection.fetchval(self.claim_statement, *claim)
            fresh[self._reference] = file_reference(self.case["host"], self.case["opened_on"].year, number)
            await connection.execute(self.rest_statement, *(make(fresh) for make in self._makers))
        return {**self.case, "id": fresh[self.case["id"]], "file_reference": fresh[self._reference]}

    def _row(self, table: str) -> dict[str, Any]:
        part = next(part for part in self._rest if part.table == table)
        return dict(zip(part.columns, part.values, strict=True))

    def _maker(self, value: Any) -> Any:
        """How this value is made for a new case: as it was, renamed, or with the names in it replaced."""
        if isinstance(value, UUID):
            return lambda fresh: fresh.get(value, value)
        if isinstance(value, bytes):
            inside = [(str(old), str(old).encode()) for old in self._names() if str(old).encode() in value]
            return lambda fresh: _replaced_bytes(fresh, value, inside) if inside else fresh.get(value, value)
        if isinstance(value, str):
            within = [str(old) for old in self._names() if str(old) in value and str(old) != value]
            return lambda fresh: _replaced(fresh, value, within) if within else fresh.get(value, value)
        return lambda _fresh: value

    def _names(self) -> list[Any]:
        return [*self._old, self._person_ref]


def _replaced(fresh: Mapping[Any, Any], value: str, names: Sequence[str]) -> str:
    for name in names:
        value = value.replace(name, fresh[name])
    return value


def _replaced_bytes(fresh: Mapping[Any, Any], value: bytes, names: Sequence[tuple[str, bytes]]) -> bytes:
    for name, old in names:
        value = value.replace(old, fresh[name].encode())
    return value


def _insert(part: Part, first: int) -> str:
    columns = ", ".join(f'"{name}"' for name in part.columns)
    places = ", ".join(f"${first + index}" for index in range(len(part.columns)))
    return f'INSERT INTO "{part.table}" ({columns}) VALUES ({places})'


def _all_in_one(parts: Sequence[Part]) -> str:
    inserts, first = [], 1
    for part in parts:
        inserts.append(f"part_{first} AS ({_insert(part, first)})")
        first += len(part.columns)
    return f"WITH {', '.join(inserts)} SELECT 1"
