"""How far the cases opened in a period have come by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from services.reporting.domain.stages import FUNNEL, LEFT_THE_PATH
from services.reporting.persistence.tables import CaseFact
from services.reporting.queries.scope import counted
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Step:
    """A stage and how many cases of the cohort have reached it."""

    stage: str
    cases: int


@dataclass(frozen=True)
class Funnel:
    """A cohort along the path, and those who left it."""

    steps: list[Step]
    left: list[Step]


async def funnel(uow: UnitOfWork, *, start: date, end: date) -> Funnel:
    """Cohort by opening day; a later stage never counts a case that lacks the cohort's opening."""
    stages = (*FUNNEL, *LEFT_THE_PATH)
    counts = [func.count(getattr(CaseFact, column)) for _, column in stages]
    statement = select(*counts).where(counted(uow.actor), col(CaseFact.opened_on).between(start, end))
    row = (await uow.session.execute(statement)).one()
    steps = [Step(stage=name, cases=int(count)) for (name, _), count in zip(stages, row, strict=True)]
    return Funnel(steps=steps[: len(FUNNEL)], left=steps[len(FUNNEL) :])
