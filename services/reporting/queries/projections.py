"""How far the read models have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from shared.database.unit_of_work import UnitOfWork

POSITIONS = text(
    "SELECT topic, count(*) AS partitions, sum(next_offset) AS events, max(updated_at) AS updated_at "
    "FROM consumer_offset WHERE consumer = 'reporting' GROUP BY topic ORDER BY topic"
)


@dataclass(frozen=True)
class Projection:
    """One topic and how many of its events are in the read models."""

    topic: str
    partitions: int
    events: int
    updated_at: datetime


async def projections(uow: UnitOfWork) -> list[Projection]:
    """Positions per topic."""
    rows = (await uow.session.execute(POSITIONS)).mappings().all()
    return [
        Projection(
            topic=row["topic"],
            partitions=int(row["partitions"]),
            events=int(row["events"]),
            updated_at=row["updated_at"],
        )
        for row in rows
    ]
