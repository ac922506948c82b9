"""How facts get into the read models: upserts, because events of different services arrive in no fixed order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, MetaData, delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from services.reporting.persistence.tables import CaseFact, PersonOfCase, ReportingTable
from shared.database.kit_tables import add_kit_tables
from shared.database.unit_of_work import UnitOfWork

_KIT = MetaData()
add_kit_tables(_KIT)
KIT_TABLES = frozenset(_KIT.tables)
KEPT_TABLES = frozenset({"release"})
"""What people recorded here; no event fills it again."""


async def upsert(uow: UnitOfWork, table: type[SQLModel], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row or change only the given columns of the one that is there; values are plain, never expressions."""
    held = {**_defaults(table), **key, **values}
    as_json = _json_columns(table)
    places = [json.dumps(value) if name in as_json and value is not None else value for name, value in held.items()]
    await (await uow.driver()).execute(_upsert_statement(table, tuple(held), tuple(key), tuple(values)), *places)


@cache
def _defaults(table: type[SQLModel]) -> Mapping[str, Any]:
    """What a new row holds in columns that no event has filled yet."""
    columns = [column for column in table.__table__.columns if column.default is not None]  # type: ignore[attr-defined]
    return {column.name: column.default.arg for column in columns if column.default.is_scalar}


@cache
def _json_columns(table: type[SQLModel]) -> frozenset[str]:
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return frozenset(column.name for column in columns if isinstance(column.type, JSON))


@cache
def _upsert_statement(
    table: type[SQLModel], held: tuple[str, ...], key: tuple[str, ...], columns: tuple[str, ...]
) -> str:
    """Made once per shape and run by the driver: each event is a handful of these and nothing else."""
    names = ", ".join(f'"{name}"' for name in held)
    places = ", ".join(f"${place}" for place in range(1, len(held) + 1))
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
    conflict = f"ON CONFLICT ({', '.join(key)}) DO " + (f"UPDATE SET {changed}" if columns else "NOTHING")
    return f'INSERT INTO "{table.__tablename__}" ({names}) VALUES ({places}) {conflict}'  # noqa: S608 - our own names


async def set_on_case(uow: UnitOfWork, case_id: UUID, **columns: Any) -> None:
    """Set columns of a case; the row is made if its opening has not arrived yet."""
    await upsert(uow, CaseFact, {"case_id": case_id}, columns)


async def set_person(uow: UnitOfWork, case_id: UUID, person: Mapping[str, Any], **columns: Any) -> None:
    """Set what is known of a person in a case; `person` has the fields of an event's person fact.

    Only for facts under the key of this case: they come in order, and so the last word is the last one.
    """
    known = ("relation", "sex", "age_band", "citizenship", "unaccompanied")
    values = {name: person[name] for name in known}
    key = {"case_id": case_id, "person_ref": person["person_ref"]}
    await upsert(uow, PersonOfCase, key, {**values, **columns})


async def forget_person(uow: UnitOfWork, case_id: UUID, person_ref: str) -> None:
    """Somebody is no longer on this case: counted elsewhere, or nowhere."""
    own = (col(PersonOfCase.case_id) == case_id) & (col(PersonOfCase.person_ref) == person_ref)
    await uow.session.execute(delete(PersonOfCase).where(own))


def read_models() -> list[str]:
    """The tables that the events fill."""
    kept = KIT_TABLES | KEPT_TABLES
    return [table.name for table in ReportingTable.metadata.sorted_tables if table.name not in kept]


async def forget_facts(session: AsyncSession) -> None:
    """Empty every read model; waits for a batch that is being written."""
    await session.execute(text(f"TRUNCATE {', '.join(read_models())}"))
