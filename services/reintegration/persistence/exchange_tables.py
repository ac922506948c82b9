"""The table of exchange rates; same registry as tables.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint
from sqlmodel import Field

from services.reintegration.persistence.tables import ReintegrationTable
from shared.database.tables import Row


class ExchangeRateRow(ReintegrationTable, Row, table=True):
    """What one unit of a programme's currency bought on a day, by kind and source; written once, never changed."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        UniqueConstraint("base", "currency", "kind", "valid_on"),
        CheckConstraint("local_per_base > 0", name="rate_positive"),
    )

    base: str
    currency: str = Field(index=True)
    kind: str
    local_per_base: Decimal = Field(sa_type=Numeric(20, 8), nullable=False)
    source: str
    valid_on: date
    recorded_by: str
