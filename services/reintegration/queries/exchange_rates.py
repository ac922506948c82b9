"""Recorded exchange rates, the newest first."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.reintegration.persistence import fresh
from services.reintegration.persistence.exchange_tables import ExchangeRateRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset


async def list_rates(
    uow: UnitOfWork, page: PageRequest, *, currency: str | None
) -> tuple[list[ExchangeRateRow], str | None]:
    """One page of rates, of one currency or of all; they belong to no programme."""
    statement = select(ExchangeRateRow)
    if currency is not None:
        statement = statement.where(col(ExchangeRateRow.currency) == currency)
    columns = (col(ExchangeRateRow.valid_on), col(ExchangeRateRow.id))
    return await keyset(uow.session, statement, page, *columns, descending=True)


async def get_rate(uow: UnitOfWork, rate_id: UUID) -> ExchangeRateRow:
    """One rate; raises NotFound."""
    row = await fresh.one(uow, select(ExchangeRateRow).where(col(ExchangeRateRow.id) == rate_id))
    if row is None:
        raise NotFound
    return row
