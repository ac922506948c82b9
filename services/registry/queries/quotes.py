"""Reads calculations again, with their explanation: whoever decides on one sees what it rests on."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col

from services.registry.domain.case_scope import may_ask_about
from services.registry.persistence.disclosure_tables import KnownCaseRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import QuoteRow
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest


async def quote_of(uow: UnitOfWork, programme_id: UUID, quote_id: UUID) -> QuoteRow:
    """One that is about a case goes to those who may ask about it, one about none to programme managers. Raises
    NotFound."""
    row = await get_row(uow, QuoteRow, quote_id)
    if row.programme_id != programme_id:
        raise NotFound
    if row.case_id is None and not uow.actor.has("programme_manager"):
        raise NotFound
    if row.case_id is not None:
        await _require_case(uow, row.case_id)
    return row


async def quotes_of(
    uow: UnitOfWork, programme_id: UUID, case_id: UUID, page: PageRequest
) -> tuple[list[QuoteRow], str | None]:
    """The calculations for a case, in the order in which they were made. Raises NotFound."""
    await _require_case(uow, case_id)
    own = (col(QuoteRow.programme_id) == programme_id, col(QuoteRow.case_id) == case_id)
    return await page_of(uow, QuoteRow, page, *own)


async def _require_case(uow: UnitOfWork, case_id: UUID) -> None:
    if not may_ask_about(uow.actor, await uow.session.get(KnownCaseRow, case_id)):
        raise NotFound
