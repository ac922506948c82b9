"""What stands beside the assisted returns of a period and is never added, and how many came from detention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, cast, distinct, func, select, text
from sqlmodel import col

from services.reporting.persistence.tables import CaseFact, DetentionReturns, PersonOfCase
from services.reporting.queries.scope import cases_of, programmes_of
from shared.database.unit_of_work import UnitOfWork

REST = text("interval '1 month - 1 day'")
"""From the first day of a month to its last."""
NOT_LEFT = col(PersonOfCase.departed_on).is_(None)
LIVING = col(PersonOfCase.deceased_on).is_(None)
BESIDE: dict[str, tuple[Any, Any]] = {
    "unassisted_departures": (col(CaseFact.departed_unassisted_on), LIVING),
    "self_organised_returns": (
        col(PersonOfCase.arrived_on),
        NOT_LEFT & (col(CaseFact.case_kind) == "self_organised"),
    ),
    "failed_returns": (col(PersonOfCase.return_failed_on), NOT_LEFT),
    "deaths_before_departure": (col(PersonOfCase.deceased_on), NOT_LEFT),
}
"""By the code of the indicator: the day that places somebody in time, and who is meant."""


@dataclass(frozen=True)
class Beside:
    """One indicator and its persons."""

    code: str
    persons: int


async def beside_returns(uow: UnitOfWork, *, start: date, end: date) -> list[Beside]:
    """Persons by the day of each, in the order of the table."""
    counts = [
        func.count(distinct(col(PersonOfCase.person_ref))).filter(day.between(start, end), meant)
        for day, meant in BESIDE.values()
    ]
    own = col(CaseFact.case_id) == col(PersonOfCase.case_id)
    statement = select(*counts).select_from(PersonOfCase).join(CaseFact, own).where(cases_of(uow.actor))
    row = (await uow.session.execute(statement)).one()
    return [Beside(code, int(count)) for code, count in zip(BESIDE, row, strict=True)]


async def from_detention(uow: UnitOfWork, *, start: date, end: date) -> int:
    """Persons who left from detention or with a removal date, in the months that lie in [start, end] as a whole."""
    month = col(DetentionReturns.month)
    counted = select(func.coalesce(func.sum(col(DetentionReturns.persons_count)), 0))
    mine = programmes_of(uow.actor, col(DetentionReturns.programme_id))
    return int(await uow.session.scalar(counted.where(mine, month >= start, cast(month + REST, Date) <= end)) or 0)
