"""Plans, measures and surveys, with the sealed parts of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.reintegration.domain.measure import OPEN
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import Policy, require_case
from services.reintegration.persistence.course_tables import (
    ContactAttemptRow,
    PlanLeavingRow,
    RecoveryRow,
    SuccessorPayeeRow,
)
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow, SurveyRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.protection.vault import Sealed

InPlan = TypeVar("InPlan", MeasureRow, RecoveryRow, SuccessorPayeeRow, ContactAttemptRow, PlanLeavingRow)


async def plan_of(uow: UnitOfWork, case_id: UUID, *, lock: bool = False) -> PlanRow | None:
    """The plan of a case."""
    statement = select(PlanRow).where(col(PlanRow.case_id) == case_id)
    return await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)


async def find_plan(uow: UnitOfWork, plan_id: UUID, policy: Policy) -> PlanRow:
    """A plan in the actor's scope; raises NotFound."""
    row = await fresh.one(uow, select(PlanRow).where(col(PlanRow.id) == plan_id))
    if row is None:
        raise NotFound
    await require_case(uow, row.case_id, policy)
    return row


async def lock_plan(uow: UnitOfWork, plan_id: UUID, policy: Policy) -> PlanRow:
    """A plan to be changed: scope, lock, then the version the caller read."""
    await find_plan(uow, plan_id, policy)
    row = await fresh.one(uow, select(PlanRow).where(col(PlanRow.id) == plan_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound
    uow.match(row.version)
    return row


async def measure_named(uow: UnitOfWork, measure_id: UUID) -> MeasureRow | None:
    """A measure by its id, whoever asks: for decisions about money, whose scope was checked before."""
    return await fresh.one(uow, select(MeasureRow).where(col(MeasureRow.id) == measure_id))


async def find_in_plan(
    uow: UnitOfWork, table: type[InPlan], plan_id: UUID, row_id: UUID, policy: Policy, *, lock: bool = False
) -> InPlan:
    """What belongs to a plan in the actor's scope, when locked at the version the caller read; raises NotFound."""
    await find_plan(uow, plan_id, policy)
    statement = select(table).where(col(table.id) == row_id, col(table.plan_id) == plan_id)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    if lock:
        uow.match(row.version)
    return row


async def all_in_plan(uow: UnitOfWork, table: type[InPlan], plan_id: UUID, policy: Policy) -> list[InPlan]:
    """All of a kind that belongs to a plan in the actor's scope, the oldest first; raises NotFound."""
    await find_plan(uow, plan_id, policy)
    statement = select(table).where(col(table.plan_id) == plan_id).order_by(col(table.id))
    return list(await fresh.every(uow, statement))


async def find_measure(uow: UnitOfWork, plan_id: UUID, measure_id: UUID, policy: Policy) -> MeasureRow:
    """A measure of a plan in the actor's scope; raises NotFound."""
    return await find_in_plan(uow, MeasureRow, plan_id, measure_id, policy)


async def lock_measure(uow: UnitOfWork, plan_id: UUID, measure_id: UUID, policy: Policy) -> MeasureRow:
    """A measure to be changed."""
    return await find_in_plan(uow, MeasureRow, plan_id, measure_id, policy, lock=True)


async def count_open_measures(uow: UnitOfWork, plan_id: UUID) -> int:
    """How many measures are neither verified nor cancelled."""
    await uow.session.flush()
    wanted = (col(MeasureRow.plan_id) == plan_id, col(MeasureRow.state).in_(OPEN))
    count = await uow.session.scalar(select(func.count()).select_from(MeasureRow).where(*wanted))
    return int(count or 0)


async def seal_summary(uow: UnitOfWork, plan: PlanRow, summary: str, person_id: UUID) -> None:
    """Keep what the plan says in words, under the main applicant's key."""
    plan.summary_person_id = person_id
    plan.summary_sealed = await uow.vault.seal(Sealed(person_id, "plan", "summary_sealed", summary.encode()))


async def open_summary(uow: UnitOfWork, plan: PlanRow) -> str | None:
    """The plan in words, audited; None where there is none or the person was erased."""
    if plan.summary_sealed is None or plan.summary_person_id is None:
        return None
    item = Sealed(plan.summary_person_id, "plan", "summary_sealed", plan.summary_sealed)
    value = await uow.vault.open(item, purpose="plan")
    return None if value is None else value.decode()


async def seal_answers(uow: UnitOfWork, person_id: UUID, answers: Mapping[str, str]) -> bytes:
    """Keep raw answers under the person's key."""
    value = json.dumps(dict(answers), sort_keys=True).encode()
    return await uow.vault.seal(Sealed(person_id, "survey", "answers_sealed", value))


async def find_survey(uow: UnitOfWork, survey_id: UUID, policy: Policy) -> SurveyRow:
    """A survey in the actor's scope; raises NotFound."""
    row = await fresh.one(uow, select(SurveyRow).where(col(SurveyRow.id) == survey_id))
    if row is None:
        raise NotFound
    await require_case(uow, row.case_id, policy)
    return row


async def open_answers(uow: UnitOfWork, survey: SurveyRow) -> dict[str, str] | None:
    """The raw answers, audited; None if the person was erased."""
    item = Sealed(survey.person_id, "survey", "answers_sealed", survey.answers_sealed)
    value = await uow.vault.open(item, purpose="survey")
    return None if value is None else json.loads(value)
