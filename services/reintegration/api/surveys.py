"""Sustainability surveys and the models they are scored by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.api.models import Dated
from services.reintegration.commands import record_survey
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.scoring import COMPOSITE, DIMENSIONS, AnswersNotValid, shown
from services.reintegration.persistence.plans import find_survey
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.reference_data import (
    DEFAULT_MODEL,
    ScoringModelUnknown,
    scoring_models,
)
from services.reintegration.persistence.support_tables import SurveyRow
from services.reintegration.queries.plans import surveys_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["surveys"])
Surveyor = Annotated[Call, caller("reintegration_partner", "caseworker")]
Reader = Annotated[Call, caller("reintegration_partner", "caseworker", "programme_manager", "finance_officer")]
Anybody = Annotated[Call, caller()]


class SurveyIn(Dated):
    """One person's answers; kept sealed."""

    plan_id: UUID
    person_ref: str = Field(min_length=1, max_length=100)
    wave: Literal["baseline", "follow_up_1", "follow_up_2", "follow_up_3", "endline"] = "baseline"
    model_version: str = Field(default=DEFAULT_MODEL, max_length=64)
    answers: dict[str, str] = Field(max_length=100, examples=[{"E1": "satisfied", "P5": "rarely"}])


class SurveyOut(BaseModel):
    """A scored survey; two places for reading, six for computing."""

    id: UUID
    plan_id: UUID
    person_ref: str
    wave: str
    model_version: str
    on: date
    scores: dict[str, str | None] = Field(description="Two places, half up; null where too little was answered.")
    scores_exact: dict[str, str | None]
    completeness: dict[str, str]
    referral_advised: bool = Field(description="An answer calls for a closer look, whatever the score.")


class SurveysOut(BaseModel):
    """The surveys of a plan."""

    items: list[SurveyOut]


class ScoringModelOut(BaseModel):
    """A scoring model."""

    version: str
    source: str
    official: bool
    digest: str = Field(description="SHA-256 of the file it is kept in.")


class ScoringModelsOut(BaseModel):
    """The scoring models there are."""

    items: list[ScoringModelOut]


def show(_uow: UnitOfWork, row: SurveyRow) -> SurveyOut:
    """A survey as shown: scores, never answers."""
    values: dict[str, int | None] = {name: getattr(row, name) for name in (*DIMENSIONS, COMPOSITE)}
    exact = {name: None if value is None else Decimal(value).scaleb(-6) for name, value in values.items()}
    return SurveyOut(
        id=row.id,
        plan_id=row.plan_id,
        person_ref=row.person_ref,
        wave=row.wave,
        model_version=row.model_version,
        on=row.surveyed_on,
        scores={name: None if value is None else str(shown(value)) for name, value in exact.items()},
        scores_exact={name: None if value is None else str(value) for name, value in exact.items()},
        completeness=row.completeness,
        referral_advised=row.referral_advised,
    )


async def reload(uow: UnitOfWork, survey_id: UUID) -> SurveyRow:
    """The survey again, for a repeated request."""
    return await find_survey(uow, survey_id, may_support)


@router.post(
    "/surveys",
    operation_id="recordSurvey",
    summary="Record and score a survey",
    response_model=SurveyOut,
    status_code=201,
    responses=problems(NotFound, TransitionRefused, AnswersNotValid, DateInFuture, ScoringModelUnknown),
)
async def record(call: Surveyor, body: SurveyIn) -> Any:
    """One per person and wave, after arrival."""
    command = record_survey.RecordSurvey(**body.model_dump())
    return await call.command(
        lambda uow: record_survey.handle(command, uow=uow), show, status=201, reload=reload, match="none"
    )


@router.get(
    "/plans/{plan_id}/surveys",
    operation_id="listSurveys",
    summary="Surveys of a plan",
    responses=problems(NotFound),
)
async def listing(call: Reader, plan_id: UUID) -> SurveysOut:
    """Scores with the model that made them; scores of two models are not comparable."""
    async with call.reading() as uow:
        return SurveysOut(items=[show(uow, row) for row in await surveys_of(uow, plan_id)])


@router.get("/scoring-models", operation_id="listScoringModels", summary="Scoring models")
async def models(call: Anybody) -> ScoringModelsOut:
    """None of them is official."""
    found: list[Any] = list(scoring_models())
    return ScoringModelsOut(items=[ScoringModelOut.model_validate(each, from_attributes=True) for each in found])
