"""Mean reintegration scores per wave and model version; too few surveys are not shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlmodel import col

from services.reporting.persistence.tables import CaseFact, SurveyFact
from services.reporting.queries.scope import cases_of
from shared.database.unit_of_work import UnitOfWork

SHOWN_FROM = 5
DIMENSIONS = ("economic", "social", "psychosocial", "composite")


@dataclass(frozen=True)
class Scores:
    """Means between 0 and 1 as decimal text, null below the threshold."""

    wave: str
    model_version: str
    surveys: int
    means: dict[str, str | None]


async def scores(uow: UnitOfWork, *, start: date, end: date) -> list[Scores]:
    """Surveys taken in [start, end]."""
    means = [func.avg(getattr(SurveyFact, name)).label(name) for name in DIMENSIONS]
    statement = (
        select(col(SurveyFact.wave), col(SurveyFact.model_version), func.count().label("surveys"), *means)
        .join(CaseFact, col(CaseFact.case_id) == col(SurveyFact.case_id))
        .where(cases_of(uow.actor), col(SurveyFact.surveyed_on).between(start, end))
        .group_by(col(SurveyFact.wave), col(SurveyFact.model_version))
        .order_by(col(SurveyFact.wave), col(SurveyFact.model_version))
    )
    rows = (await uow.session.execute(statement)).mappings().all()
    return [
        Scores(
            wave=row["wave"],
            model_version=row["model_version"],
            surveys=int(row["surveys"]),
            means={name: _shown(row[name], int(row["surveys"])) for name in DIMENSIONS},
        )
        for row in rows
    ]


def _shown(mean: Decimal | None, surveys: int) -> str | None:
    if mean is None or surveys < SHOWN_FROM:
        return None
    return str((mean / 1_000_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
