"""Plans, measures, surveys, and what an assigned partner sees of a family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.measure import OPEN
from services.reintegration.domain.plan import UNFINISHED
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import find_case, persons_of
from services.reintegration.persistence.consents import NothingShared, shown_to_actor
from services.reintegration.persistence.plans import find_plan, open_summary
from services.reintegration.persistence.policies import may_oversee, may_see_case, may_support
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow, SurveyRow
from services.reintegration.persistence.tables import BeneficiaryRow
from services.reintegration.queries.contact_attempts import attempts_counted
from services.reintegration.queries.lines import VisibleLine, lines_of_case
from services.reintegration.queries.scope import measure_reached, plan_reached, visible_plans
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


@dataclass(frozen=True)
class Beneficiary:
    """A family as the assigned partner knows it from here: no names, no rules."""

    plan: PlanRow
    destination: str | None
    departed_on: date | None
    persons: list[BeneficiaryRow]
    lines: list[VisibleLine]


@dataclass(frozen=True)
class WorklistEntry:
    """One plan on the partner's desk."""

    plan: PlanRow
    open_measures: int
    contact_attempts: int


async def list_plans(
    uow: UnitOfWork, page: PageRequest, *, case_id: UUID | None, state: str | None
) -> tuple[list[PlanRow], str | None]:
    """One page of plans."""
    statement = visible_plans(uow.actor)
    if case_id is not None:
        statement = statement.where(col(PlanRow.case_id) == case_id)
    if state is not None:
        statement = statement.where(col(PlanRow.state) == state)
    return await keyset(uow.session, statement, page, col(PlanRow.id))


async def measures_of(uow: UnitOfWork, plan_id: UUID) -> list[MeasureRow]:
    """The measures of a plan; a provider sees its own."""
    await find_plan(uow, plan_id, may_see_case)
    from_plan = select(MeasureRow).join(PlanRow, col(PlanRow.id) == col(MeasureRow.plan_id))
    statement = from_plan.where(col(MeasureRow.plan_id) == plan_id)
    if not any(uow.actor.has(role) for role in ("caseworker", "finance_officer", "programme_manager")):
        statement = statement.where(measure_reached(uow.actor))
    return list(await fresh.every(uow, statement.order_by(col(MeasureRow.id))))


async def surveys_of(uow: UnitOfWork, plan_id: UUID) -> list[SurveyRow]:
    """The surveys of a plan: scores, never answers; a partner sees those of persons it is told about."""
    plan = await find_plan(uow, plan_id, may_oversee)
    statement = select(SurveyRow).where(col(SurveyRow.plan_id) == plan_id).order_by(col(SurveyRow.id))
    shown = await shown_to_actor(uow, plan)
    return [row for row in await fresh.every(uow, statement) if shown is None or row.person_ref in shown]


async def words_of(uow: UnitOfWork, plan: PlanRow) -> str | None:
    """What a plan says in words, audited; for a partner only while it is told about the person they are about."""
    shown = await shown_to_actor(uow, plan)
    about = {person.id: person.person_ref for person in await persons_of(uow, plan.case_id)}
    if shown is not None and about.get(plan.summary_person_id or plan.id) not in shown:
        return None
    return await open_summary(uow, plan)


async def beneficiary_of(uow: UnitOfWork, plan_id: UUID) -> Beneficiary:
    """What the assigned partner may know here, and only of whom a live consent names it for; names come by disclosure
    from returns. Raises NotFound, NothingShared."""
    plan = await find_plan(uow, plan_id, may_support)
    shown = await shown_to_actor(uow, plan)
    if shown is not None and not shown:
        raise NothingShared
    case = await find_case(uow, plan.case_id)
    return Beneficiary(
        plan=plan,
        destination=case.destination if case else None,
        departed_on=case.departed_on if case else None,
        persons=[each for each in await persons_of(uow, plan.case_id) if shown is None or each.person_ref in shown],
        lines=await lines_of_case(uow, plan.case_id),
    )


async def partner_worklist(uow: UnitOfWork, page: PageRequest) -> tuple[list[WorklistEntry], str | None]:
    """The unfinished plans of the partner's organisation."""
    statement = select(PlanRow).where(plan_reached(uow.actor), col(PlanRow.state).in_(UNFINISHED))
    plans, cursor = await keyset(uow.session, statement, page, col(PlanRow.id))
    wanted = (col(MeasureRow.plan_id).in_([plan.id for plan in plans]), col(MeasureRow.state).in_(OPEN))
    open_ones = await fresh.every(uow, select(MeasureRow).where(*wanted))
    counts = {plan.id: sum(1 for each in open_ones if each.plan_id == plan.id) for plan in plans}
    tried = await attempts_counted(uow, counts)
    return [WorklistEntry(plan, counts[plan.id], tried.get(plan.id, 0)) for plan in plans], cursor
