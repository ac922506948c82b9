"""A scored survey, for averages per wave and model version."""

from __future__ import annotations

from decimal import Decimal

from services.reporting.contracts.consumed import SurveyCompletedSeen
from services.reporting.persistence.facts import upsert
from services.reporting.persistence.tables import SurveyFact
from shared.database.unit_of_work import UnitOfWork

MILLION = Decimal(1_000_000)


def _millionths(score: str | float | None) -> int | None:
    return None if score is None else int((Decimal(str(score)) * MILLION).to_integral_value())


async def handle(seen: SurveyCompletedSeen, *, uow: UnitOfWork) -> None:
    """Record the scores; scores of different model versions are never mixed later."""
    scores = {name: _millionths(seen.scores.get(name)) for name in ("economic", "social", "psychosocial", "composite")}
    values = {
        "case_id": seen.case_id,
        "person_ref": seen.person_ref,
        "wave": seen.wave,
        "model_version": seen.model_version,
        "surveyed_on": seen.on,
        **scores,
    }
    await upsert(uow, SurveyFact, {"survey_id": seen.survey_id}, values)
