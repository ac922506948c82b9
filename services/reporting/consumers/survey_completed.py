"""reintegration.survey.completed: a survey was scored."""

from __future__ import annotations

from services.reporting.commands import record_survey
from services.reporting.contracts.consumed import SurveyCompletedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_survey_completed(seen: SurveyCompletedSeen, *, uow: UnitOfWork) -> None:
    """reintegration.survey.completed: a survey was scored."""
    await record_survey.handle(seen, uow=uow)
