"""Exchange rates, and measures that have a local price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.exchange import Rate
from services.reintegration.domain.measure import MeasureState
from services.reintegration.persistence import fresh
from services.reintegration.persistence.exchange_tables import ExchangeRateRow
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.unit_of_work import UnitOfWork

AT_ONCE = 500
_ONE = Decimal(1)


async def newest_rate(uow: UnitOfWork, *, base: str, currency: str, kind: str, on: date) -> Rate | None:
    """The last rate of a kind up to a day; a currency is always worth itself."""
    if base == currency:
        return Rate(base=base, currency=currency, local_per_base=_ONE, valid_on=on)
    row = ExchangeRateRow
    where = (col(row.base) == base, col(row.currency) == currency, col(row.kind) == kind, col(row.valid_on) <= on)
    found = await fresh.one(uow, select(row).where(*where).order_by(col(row.valid_on).desc()).limit(1))
    if found is None:
        return None
    return Rate(base=base, currency=currency, local_per_base=found.local_per_base, valid_on=found.valid_on)


async def lock_priced_measures(uow: UnitOfWork, plan_id: UUID, *, lock: bool = True) -> list[MeasureRow]:
    """The measures of a plan that have a local price and a line, but for cancelled ones."""
    statement = select(MeasureRow).where(
        col(MeasureRow.plan_id) == plan_id,
        col(MeasureRow.price_minor).is_not(None),
        col(MeasureRow.line_id).is_not(None),
        col(MeasureRow.state) != MeasureState.CANCELLED.value,
    )
    ordered = statement.order_by(col(MeasureRow.id))
    return list(await fresh.every(uow, ordered.with_for_update(key_share=True) if lock else ordered))


async def quoted_in(uow: UnitOfWork, currency: str, states: frozenset[str]) -> list[MeasureRow]:
    """Measures quoted from a price in this currency, in these states."""
    statement = select(MeasureRow).where(
        col(MeasureRow.price_currency) == currency,
        col(MeasureRow.quoted_minor).is_not(None),
        col(MeasureRow.state).in_(states),
    )
    return list(await fresh.every(uow, statement.order_by(col(MeasureRow.id)).limit(AT_ONCE)))
