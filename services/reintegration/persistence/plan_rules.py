"""Which rules hold for a plan: its programme's own for the day of the arrival, else the reference data."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.plan_rules import PlanRules
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.course_tables import PlanRuleRow
from services.reintegration.persistence.reference_data import default_plan_rules
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork


async def rules_of(uow: UnitOfWork, plan: PlanRow) -> PlanRules:
    """The rules of a plan; before the arrival those of today."""
    case = await find_case(uow, plan.case_id)
    if case is None or case.programme_id is None:
        return default_plan_rules()
    return await rules_on(uow, case.programme_id, plan.arrived_on or uow.now.date())


async def rules_on(uow: UnitOfWork, programme_id: UUID, day: date) -> PlanRules:
    """What a programme's rules say on a day."""
    where = (col(PlanRuleRow.programme_id) == programme_id, col(PlanRuleRow.valid_from) <= day)
    newest = (col(PlanRuleRow.valid_from).desc(), col(PlanRuleRow.id).desc())
    row = await fresh.one(uow, select(PlanRuleRow).where(*where).order_by(*newest).limit(1))
    if row is None:
        return default_plan_rules()
    return PlanRules(
        contact_after_days=tuple(row.contact_after_days),
        support_window_days=row.support_window_days,
        family_continues_after_death=row.family_continues_after_death,
        source=row.source,
        version=str(row.id),
    )


async def versions_of(uow: UnitOfWork, programme_id: UUID) -> list[PlanRuleRow]:
    """Every version a programme has published, the newest first."""
    statement = select(PlanRuleRow).where(col(PlanRuleRow.programme_id) == programme_id)
    newest = (col(PlanRuleRow.valid_from).desc(), col(PlanRuleRow.id).desc())
    return list(await fresh.every(uow, statement.order_by(*newest)))
