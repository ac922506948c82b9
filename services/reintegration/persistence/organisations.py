"""Which partners and providers get nothing new to do, and what they have at hand."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.reintegration.domain.measure import OPEN
from services.reintegration.domain.plan import UNFINISHED
from services.reintegration.persistence import fresh
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from services.reintegration.persistence.tables import SuspendedOrganisationRow
from shared.database.unit_of_work import UnitOfWork


async def is_suspended(uow: UnitOfWork, organisation_id: UUID | None) -> bool:
    """Whether it gets nothing new; nobody is not suspended."""
    if organisation_id is None:
        return False
    where = col(SuspendedOrganisationRow.organisation_id) == organisation_id
    return await fresh.one(uow, select(SuspendedOrganisationRow).where(where)) is not None


async def suspend(uow: UnitOfWork, organisation_id: UUID, *, since: date) -> None:
    """Record it; a second suspension changes nothing."""
    statement = insert(SuspendedOrganisationRow).values(organisation_id=organisation_id, since=since)
    await uow.session.execute(statement.on_conflict_do_nothing())


async def take_up_again(uow: UnitOfWork, organisation_id: UUID) -> None:
    """It takes part again."""
    where = col(SuspendedOrganisationRow.organisation_id) == organisation_id
    await uow.session.execute(delete(SuspendedOrganisationRow).where(where))


async def plans_with(uow: UnitOfWork, partner_id: UUID) -> list[PlanRow]:
    """Unfinished plans that are assigned to a partner."""
    where = (col(PlanRow.partner_id) == partner_id, col(PlanRow.state).in_(UNFINISHED))
    return list(await fresh.every(uow, select(PlanRow).where(*where).order_by(col(PlanRow.id))))


async def open_orders_with(uow: UnitOfWork, provider_id: UUID) -> list[tuple[MeasureRow, PlanRow]]:
    """Measures it is to deliver and has not, each with its plan."""
    statement = (
        select(MeasureRow, PlanRow)
        .join(PlanRow, col(PlanRow.id) == col(MeasureRow.plan_id))
        .where(col(MeasureRow.provider_id) == provider_id, col(MeasureRow.state).in_(OPEN))
        .order_by(col(MeasureRow.id))
    )
    return [(measure, plan) for measure, plan in (await uow.session.execute(statement)).all()]
