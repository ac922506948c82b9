"""What stands beside the assisted returns of a period and is never added to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import distinct, func, select
from sqlmodel import col

from services.reporting.persistence.tables import CaseFact, PersonOfCase
from services.reporting.queries.scope import cases_of
from shared.database.unit_of_work import UnitOfWork

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
