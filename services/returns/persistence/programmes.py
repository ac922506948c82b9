"""What returns knows of programmes, components, recipients and quotes from registry's events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from services.returns.persistence.clock_kinds import IN_FORCE, ProgrammePeriod, periods_by_clock
from services.returns.persistence.file_number_tables import FILE_NUMBERS
from services.returns.persistence.tables import ProgrammeRow, QuoteRow, RecipientRow
from shared.database.unit_of_work import UnitOfWork


async def keep(session: AsyncSession, table: type[SQLModel], key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert or refresh what is known."""
    statement = insert(table).values(**key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


async def find_programme(session: AsyncSession, programme_id: UUID) -> ProgrammeRow | None:
    """The programme, if its rules have arrived."""
    return await session.get(ProgrammeRow, programme_id)


@dataclass(frozen=True, kw_only=True)
class KnownProgramme:
    """What opening a case asks of a programme; `open` says whether it and its component take new cases."""

    programme_id: UUID
    partnership_id: UUID | None
    host: str
    destinations: list[str]
    case_kinds: list[str]
    open: bool
    periods: Mapping[str, ProgrammePeriod]
    number: int | None


FOR_OPENING = f"""
SELECT programme.programme_id, programme.partnership_id, host, destinations, case_kinds,
  NOT closed AND coalesce(component.status, 'in_force') = 'in_force' AS open, ({IN_FORCE}) AS periods,
  CASE WHEN $3 THEN nextval('{FILE_NUMBERS.name}') END AS number
FROM known_programme AS programme LEFT JOIN known_component AS component USING (component_id)
WHERE programme_id = $1
"""  # noqa: S608 - two constants of ours


async def programme_for_opening(
    uow: UnitOfWork, programme_id: UUID, *, on: date, numbered: bool
) -> KnownProgramme | None:
    """The programme, if its rules have arrived, with the periods that it states for clocks and that hold on a day, and
    with the number of a new file where one is wanted: all that opening has to ask, at once."""
    row = await (await uow.driver()).fetchrow(FOR_OPENING, programme_id, on, numbered)
    return None if row is None else KnownProgramme(**{**row, "periods": periods_by_clock(row["periods"])})


async def find_quote(session: AsyncSession, quote_id: UUID) -> QuoteRow | None:
    """The calculation, if it has arrived."""
    return await session.get(QuoteRow, quote_id)


async def find_recipient(session: AsyncSession, recipient_id: UUID) -> RecipientRow | None:
    """The agency or partner, if it has arrived."""
    return await session.get(RecipientRow, recipient_id)
