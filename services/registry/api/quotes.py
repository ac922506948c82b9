"""Calculations that were made, read again with the explanation of every line."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.api.programmes import Paging, Quoter
from services.registry.api.quote_schemas import QuoteOut, quote_out
from services.registry.queries.quotes import quote_of, quotes_of
from shared.errors import NotFound
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(prefix="/programmes/{programme_id}/quotes", tags=["3 programmes"])


@router.get("", operation_id="listQuotes", summary="Calculations for a case", responses=problems(NotFound))
async def listed(
    call: Quoter,
    programme_id: UUID,
    page: Paging,
    case_id: Annotated[UUID, Query(description="The case they were made for.")],
) -> Page[QuoteOut]:
    """In the order in which they were made; empty before the first."""
    async with call.reading() as uow:
        rows, cursor = await quotes_of(uow, programme_id, case_id, page)
    return Page(items=[quote_out(None, row) for row in rows], next_cursor=cursor)


@router.get("/{quote_id}", operation_id="getQuote", summary="One calculation", responses=problems(NotFound))
async def get(call: Quoter, programme_id: UUID, quote_id: UUID) -> QuoteOut:
    """As it was answered when it was made, whatever rules were published since."""
    async with call.reading() as uow:
        return quote_out(None, await quote_of(uow, programme_id, quote_id))
