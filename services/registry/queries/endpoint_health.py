"""How an endpoint is doing: success rate, speed and what waits, for its owner to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, text
from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import DeliveryRow
from shared.database.unit_of_work import UnitOfWork

ATTEMPTS = text(
    "SELECT count(*) AS attempts, count(*) FILTER (WHERE status BETWEEN 200 AND 299) AS successes,"
    " percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds) AS median_milliseconds,"
    " percentile_disc(0.99) WITHIN GROUP (ORDER BY milliseconds) AS slowest_percent_milliseconds"
    " FROM delivery_attempt WHERE endpoint_id = :endpoint AND at >= :since"
)


@dataclass(frozen=True)
class EndpointHealth:
    """Figures of a span of time, and what waits now."""

    attempts: int
    successes: int
    median_milliseconds: int | None
    slowest_percent_milliseconds: int | None
    waiting: int
    oldest_waiting: datetime | None

    @property
    def success_rate(self) -> float | None:
        """Share of attempts that succeeded; None without any."""
        return round(self.successes / self.attempts, 4) if self.attempts else None


async def health_of(uow: UnitOfWork, endpoint_id: UUID, since: datetime, shown: ColumnElement[bool]) -> EndpointHealth:
    """The figures since this moment; of what waits, what is shown."""
    waits = (col(DeliveryRow.endpoint_id) == endpoint_id, col(DeliveryRow.status) == "pending", shown)
    attempts = (await uow.session.execute(ATTEMPTS, {"endpoint": endpoint_id, "since": since})).mappings().one()
    waiting, oldest = (
        await uow.session.execute(select(func.count(), func.min(col(DeliveryRow.created_at))).where(*waits))
    ).one()
    return EndpointHealth(**attempts, waiting=waiting, oldest_waiting=oldest)
