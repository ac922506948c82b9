"""Measures that wait because their provider is suspended, within the caller's scope."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col, select

from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from services.reintegration.persistence.tables import CaseFileRow
from services.reintegration.queries.scope import case_reached, plan_reached
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


async def list_held_measures(uow: UnitOfWork, page: PageRequest) -> tuple[list[MeasureRow], str | None]:
    """One page, by the day another provider should take over."""
    statement = (
        select(MeasureRow)
        .join(PlanRow, col(PlanRow.id) == col(MeasureRow.plan_id))
        .join(CaseFileRow, col(CaseFileRow.case_id) == col(MeasureRow.case_id))
        .where(col(MeasureRow.held_since).is_not(None), or_(case_reached(uow.actor), plan_reached(uow.actor)))
    )
    return await keyset(uow.session, statement, page, col(MeasureRow.replace_by), col(MeasureRow.id))
