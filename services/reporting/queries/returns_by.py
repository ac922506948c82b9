"""Assisted returns in a period, by one breakdown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.reporting.persistence.tables import CaseFact, PersonInCase
from services.reporting.queries.scope import cases_of
from shared.database.unit_of_work import UnitOfWork

BREAKDOWNS: dict[str, Any] = {
    "month": func.to_char(col(PersonInCase.departed_on), "YYYY-MM"),
    "citizenship": col(PersonInCase.citizenship),
    "sex": col(PersonInCase.sex),
    "age_band": col(PersonInCase.age_band),
    "destination": col(PersonInCase.destination),
}


@dataclass(frozen=True)
class Count:
    """One group and how many person-returns it has."""

    group: str
    value: int


async def returns_by(uow: UnitOfWork, *, by: str, start: date, end: date) -> list[Count]:
    """Person-returns whose departure lies in [start, end], largest group first (months in order)."""
    group = BREAKDOWNS[by]
    statement = (
        select(group.label("grouping"), func.count().label("persons"))
        .join(CaseFact, col(CaseFact.case_id) == col(PersonInCase.case_id))
        .where(
            cases_of(uow.actor),
            col(PersonInCase.travelled),
            col(PersonInCase.departed_on).between(start, end),
        )
        .group_by(group)
    )
    rows = (await uow.session.execute(statement)).all()
    counts = [Count(group=str(row.grouping), value=int(row.persons)) for row in rows]
    ordered_by_name = by in ("month", "sex")
    if by == "age_band":
        return sorted(counts, key=lambda count: _lowest_age(count.group))
    if ordered_by_name:
        return sorted(counts, key=lambda count: count.group)
    return sorted(counts, key=lambda count: (-count.value, count.group))


def _lowest_age(band: str) -> int:
    lowest = band.split("-")[0].rstrip("+")
    return int(lowest) if lowest.isdigit() else 1_000
