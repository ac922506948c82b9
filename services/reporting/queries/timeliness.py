"""How long steps take, with open cases counted as still waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlmodel import col

from services.reporting.domain.durations import Waited, quantile_days
from services.reporting.domain.stages import ENDINGS, INTERVALS
from services.reporting.persistence.tables import CaseFact
from services.reporting.queries.scope import counted
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Interval:
    """One interval: cases observed, done and waiting, and the estimated days."""

    name: str
    cases: int
    done: int
    median_days: int | None
    p90_days: int | None


async def timeliness(uow: UnitOfWork, *, start: date, end: date) -> list[Interval]:
    """Intervals whose first step lies in [start, end]; observation ends today or when the case left the path."""
    statement = select(CaseFact).where(counted(uow.actor), col(CaseFact.opened_on).is_not(None))
    cases = list((await uow.session.execute(statement)).scalars())
    today = uow.now.date()
    return [_interval(name, cases, first, then, (start, end), today) for name, first, then in INTERVALS]


def _interval(
    name: str, cases: list[CaseFact], first: str, then: str, period: tuple[date, date], today: date
) -> Interval:
    observed: list[Waited] = []
    for case in cases:
        begun: date | None = getattr(case, first)
        if begun is None or not period[0] <= begun <= period[1]:
            continue
        finished: date | None = getattr(case, then)
        observed.append(Waited(days=((finished or _last_seen(case, today)) - begun).days, done=finished is not None))
    return Interval(
        name=name,
        cases=len(observed),
        done=sum(1 for case in observed if case.done),
        median_days=quantile_days(observed),
        p90_days=quantile_days(observed, Fraction(9, 10)),
    )


def _last_seen(case: CaseFact, today: date) -> date:
    ended: list[date] = [day for day in (getattr(case, name) for name in ENDINGS) if day is not None]
    return min([*ended, today])
