"""What returns knows of programmes, components, recipients and quotes from registry's events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from services.returns.persistence.tables import ComponentRow, ProgrammeRow, QuoteRow, RecipientRow


async def keep(session: AsyncSession, table: type[SQLModel], key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert or refresh what is known."""
    statement = insert(table).values(**key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


async def find_programme(session: AsyncSession, programme_id: UUID) -> ProgrammeRow | None:
    """The programme, if its rules have arrived."""
    return await session.get(ProgrammeRow, programme_id)


async def component_of(session: AsyncSession, programme: ProgrammeRow) -> ComponentRow | None:
    """The component the programme belongs to, if any."""
    return await session.get(ComponentRow, programme.component_id) if programme.component_id else None


async def find_quote(session: AsyncSession, quote_id: UUID) -> QuoteRow | None:
    """The calculation, if it has arrived."""
    return await session.get(QuoteRow, quote_id)


async def find_recipient(session: AsyncSession, recipient_id: UUID) -> RecipientRow | None:
    """The agency or partner, if it has arrived."""
    return await session.get(RecipientRow, recipient_id)
