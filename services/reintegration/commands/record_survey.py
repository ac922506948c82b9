"""Score a survey with a named model; the raw answers are kept sealed, so that another model can score them
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.reintegration.contracts.published import SurveyCompleted
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.scoring import COMPOSITE, Result, score
from services.reintegration.domain.successor_payee import gone
from services.reintegration.persistence.cases import persons_of, scope_of
from services.reintegration.persistence.plans import find_plan, seal_answers
from services.reintegration.persistence.policies import may_support
from services.reintegration.persistence.reference_data import scoring_model
from services.reintegration.persistence.support_tables import PlanRow, SurveyRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, NotFound, TransitionRefused


@dataclass(frozen=True, kw_only=True)
class RecordSurvey:
    """The answers of one person in one wave."""

    plan_id: UUID
    person_ref: str
    wave: str
    model_version: str
    answers: Mapping[str, str]
    on: date | None = None


async def handle(command: RecordSurvey, *, uow: UnitOfWork) -> SurveyRow:
    """Record it; one survey per person and wave. Raises NotFound, TransitionRefused before the arrival and of
    somebody who died or left the plan."""
    on = day_of_fact(command.on, uow.now)
    plan = await find_plan(uow, command.plan_id, may_support)
    if plan.arrived_on is None:
        missing = [Missing("arrived", "The arrival has not been confirmed.")]
        raise TransitionRefused(transition="survey", state=plan.state, missing=missing)
    persons = await persons_of(uow, plan.case_id)
    person = next((each for each in persons if each.person_ref == command.person_ref), None)
    if person is None:
        raise NotFound
    if gone(person):
        missing = [Missing("not-asked", "Nothing more is asked about this person.")]
        raise TransitionRefused(transition="survey", state=plan.state, missing=missing)
    model = scoring_model(command.model_version)
    result = score(model, command.answers)
    survey = SurveyRow(
        case_id=plan.case_id,
        plan_id=plan.id,
        person_ref=person.person_ref,
        person_id=person.id,
        wave=command.wave,
        model_version=model.version,
        model_digest=model.digest,
        answers_sealed=await seal_answers(uow, person.id, command.answers),
        economic=_millionths(result.scores["economic"]),
        social=_millionths(result.scores["social"]),
        psychosocial=_millionths(result.scores["psychosocial"]),
        composite=_millionths(result.scores[COMPOSITE]),
        completeness={name: str(share) for name, share in result.completeness.items()},
        referral_advised=result.referral_advised,
        surveyed_on=on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(survey)
    await uow.session.flush()
    await _tell(uow, survey, plan, result)
    return survey


async def _tell(uow: UnitOfWork, survey: SurveyRow, plan: PlanRow, result: Result) -> None:
    uow.publish(
        SurveyCompleted(
            survey_id=survey.id,
            case_id=survey.case_id,
            person_ref=survey.person_ref,
            wave=survey.wave,
            model_version=survey.model_version,
            scores={name: None if value is None else str(value) for name, value in result.scores.items()},
            completeness=survey.completeness,
            on=survey.surveyed_on,
        )
    )
    uow.record("survey.completed", subject=survey.id)
    if not result.referral_advised:
        return
    scope = await scope_of(uow, survey.case_id)
    if plan.partner_id is not None:
        uow.notify("referral.advised", role="reintegration_partner", scope=str(plan.partner_id), subject=survey.id)
    if scope is not None and scope.office_id is not None:
        uow.notify("referral.advised", role="caseworker", scope=scope.office_id, subject=survey.id)


def _millionths(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 1_000_000)
