"""Assisted returns in a period by one breakdown: person-returns, the human beings behind them, and the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, distinct, exists, func, or_, select
from sqlmodel import col

from services.reporting.domain.humans import PersonReturn, Returned, human_beings, journeys, returned
from services.reporting.persistence.tables import CaseFact, PersonLink, PersonOfCase
from services.reporting.queries.scope import cases_of
from shared.database.unit_of_work import UnitOfWork

BREAKDOWNS: dict[str, Any] = {
    "month": func.to_char(col(PersonOfCase.departed_on), "YYYY-MM"),
    "citizenship": col(PersonOfCase.citizenship),
    "sex": cast(col(PersonOfCase.sex), String),
    "age_band": col(PersonOfCase.age_band),
    "destination": func.coalesce(col(PersonOfCase.destination), "unknown"),
}
LINKED: ColumnElement[bool] = exists().where(
    col(PersonLink.same),
    or_(
        col(PersonLink.first_ref) == col(PersonOfCase.person_ref),
        col(PersonLink.second_ref) == col(PersonOfCase.person_ref),
    ),
)
COUNTS = (func.count().label("person_returns"), func.count(distinct(col(PersonOfCase.person_ref))).label("persons"))


@dataclass(frozen=True)
class Count:
    """One group and its person-returns, with the two figures that belong to them."""

    group: str
    value: int
    unique_persons: int
    re_returns: int


@dataclass(frozen=True)
class Returns:
    """The groups, and the three figures of all of them; who is in two groups is one person in the whole."""

    whole: Returned
    rows: list[Count]


async def returns_by(uow: UnitOfWork, *, by: str, start: date, end: date) -> Returns:
    """Person-returns whose departure lies in [start, end], largest group first (months and ages in order)."""
    mine = (cases_of(uow.actor), col(PersonOfCase.departed_on).between(start, end))
    groups = await _unlinked(uow, BREAKDOWNS[by], mine)
    known = await _linked(uow, BREAKDOWNS[by], mine)
    by_group: dict[str, list[PersonReturn]] = defaultdict(list)
    for journey in known:
        by_group[journey.group].append(journey)
    for group, found in by_group.items():
        groups[group] = groups.get(group, Returned()) + returned(found)
    whole = await _whole(uow, mine) + returned(known)
    return Returns(whole, _in_order(by, [_count(group, figures) for group, figures in groups.items()]))


def _of_cases(statement: Any, *conditions: ColumnElement[bool]) -> Any:
    own = col(CaseFact.case_id) == col(PersonOfCase.case_id)
    return statement.select_from(PersonOfCase).join(CaseFact, own).where(*conditions)


async def _unlinked(uow: UnitOfWork, group: Any, mine: Sequence[ColumnElement[bool]]) -> dict[str, Returned]:
    """Everybody whom no link concerns is counted by the database."""
    counted = _of_cases(select(group.label("grouping"), *COUNTS), *mine, ~LINKED).group_by(group)
    rows = (await uow.session.execute(counted)).all()
    return {row.grouping: Returned(int(row.person_returns), int(row.persons)) for row in rows}


async def _whole(uow: UnitOfWork, mine: Sequence[ColumnElement[bool]]) -> Returned:
    row = (await uow.session.execute(_of_cases(select(*COUNTS), *mine, ~LINKED))).one()
    return Returned(int(row.person_returns), int(row.persons))


async def _linked(uow: UnitOfWork, group: Any, mine: Sequence[ColumnElement[bool]]) -> list[PersonReturn]:
    """The few who are linked are counted as the human beings they are."""
    columns = (col(PersonOfCase.person_ref), col(PersonOfCase.departed_on), group.label("grouping"))
    rows = (await uow.session.execute(_of_cases(select(*columns), *mine, LINKED))).all()
    if not rows:
        return []
    pairs = select(col(PersonLink.first_ref), col(PersonLink.second_ref)).where(col(PersonLink.same))
    humans = human_beings((one, other) for one, other in (await uow.session.execute(pairs)).all())
    return journeys((PersonReturn(*row) for row in rows), humans)


def _count(group: str, figures: Returned) -> Count:
    return Count(group, figures.person_returns, figures.unique_persons, figures.re_returns)


def _in_order(by: str, counts: list[Count]) -> list[Count]:
    if by == "age_band":
        return sorted(counts, key=lambda count: _lowest_age(count.group))
    if by in ("month", "sex"):
        return sorted(counts, key=lambda count: count.group)
    return sorted(counts, key=lambda count: (-count.value, count.group))


def _lowest_age(band: str) -> int:
    lowest = band.split("-")[0].rstrip("+")
    return int(lowest) if lowest.isdigit() else 1_000
