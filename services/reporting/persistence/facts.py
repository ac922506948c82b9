"""How facts get into the read models: upserts, because events of different services arrive in no fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, bindparam, text, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from services.reporting.persistence.tables import CaseFact, PersonInCase, ReportingTable
from shared.database.kit_tables import add_kit_tables

_KIT = MetaData()
add_kit_tables(_KIT)
KIT_TABLES = frozenset(_KIT.tables)


async def upsert(
    session: AsyncSession, table: type[SQLModel], key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Insert a row or change only the given columns of the one that is there; values are plain, never expressions."""
    await session.execute(_upsert_statement(table, tuple(key), tuple(values)), {**key, **values})


@cache
def _upsert_statement(table: type[SQLModel], key: tuple[str, ...], columns: tuple[str, ...]) -> Insert:
    """Made once per shape: building it anew costs more than the database needs to run it."""
    statement = insert(table.__table__).values({name: bindparam(name) for name in (*key, *columns)})  # type: ignore[attr-defined]
    if not columns:
        return statement.on_conflict_do_nothing(index_elements=list(key))
    changed = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


async def set_on_case(session: AsyncSession, case_id: UUID, **columns: Any) -> None:
    """Set columns of a case; the row is made if its opening has not arrived yet."""
    await upsert(session, CaseFact, {"case_id": case_id}, columns)


async def set_person(session: AsyncSession, case_id: UUID, person: Mapping[str, Any], **columns: Any) -> None:
    """Set what is known of a person; `person` has the fields of an event's person fact."""
    known = ("relation", "sex", "age_band", "citizenship", "unaccompanied")
    values = {name: person[name] for name in known}
    await upsert(session, PersonInCase, {"person_ref": person["person_ref"]}, {"case_id": case_id, **values, **columns})


async def move_person(session: AsyncSession, person_ref: str, to_case: UUID) -> None:
    """A person goes on in another case."""
    await session.execute(
        update(PersonInCase).where(col(PersonInCase.person_ref) == person_ref).values(case_id=to_case)
    )


async def forget_facts(session: AsyncSession) -> None:
    """Empty every read model; waits for a batch that is being written."""
    own = [table.name for table in ReportingTable.metadata.sorted_tables if table.name not in KIT_TABLES]
    await session.execute(text(f"TRUNCATE {', '.join(own)}"))
