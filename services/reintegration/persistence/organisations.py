"""Which partners and providers get nothing new to do, and what they have at hand."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import and_, delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.reintegration.domain.measure import OPEN, UNDELIVERED
from services.reintegration.domain.payment import PENDING, PayeeKind
from services.reintegration.domain.plan import UNFINISHED
from services.reintegration.persistence import fresh
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow, PlanRow
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


async def measures_paid_from(uow: UnitOfWork, line_id: UUID) -> list[MeasureRow]:
    """Measures that a line pays for."""
    statement = select(MeasureRow).where(col(MeasureRow.line_id) == line_id).order_by(col(MeasureRow.id))
    return list(await fresh.every(uow, statement))


async def lock_invoices_for(uow: UnitOfWork, measures: list[MeasureRow]) -> list[PaymentRow]:
    """Open payments to third parties for these measures: those that name one, and those of their lines that name
    none; locked."""
    unnamed = (
        col(PaymentRow.measure_id).is_(None),
        col(PaymentRow.line_id).in_([each.line_id for each in measures if each.line_id]),
    )
    statement = (
        select(PaymentRow)
        .where(
            or_(col(PaymentRow.measure_id).in_([each.id for each in measures]), and_(*unnamed)),
            col(PaymentRow.payee_kind) == PayeeKind.THIRD_PARTY.value,
            col(PaymentRow.state).in_(PENDING),
        )
        .order_by(col(PaymentRow.id))
        .with_for_update(key_share=True)
    )
    return list(await fresh.every(uow, statement))


async def lock_held_payments(uow: UnitOfWork, provider_id: UUID) -> list[PaymentRow]:
    """Payments that wait because of this provider, locked."""
    where = (col(PaymentRow.held_for_provider_id) == provider_id, col(PaymentRow.held_since).is_not(None))
    statement = select(PaymentRow).where(*where).order_by(col(PaymentRow.id)).with_for_update(key_share=True)
    return list(await fresh.every(uow, statement))


async def lock_orders(
    uow: UnitOfWork, *, provider_id: UUID | None = None, case_id: UUID | None = None, held: bool | None = None
) -> list[MeasureRow]:
    """Measures that are not delivered yet, of a provider or of a case, locked; only held ones if asked for."""
    statement = select(MeasureRow).where(col(MeasureRow.state).in_(UNDELIVERED))
    if provider_id is not None:
        statement = statement.where(col(MeasureRow.provider_id) == provider_id)
    if case_id is not None:
        statement = statement.where(col(MeasureRow.case_id) == case_id)
    if held is not None:
        since = col(MeasureRow.held_since)
        statement = statement.where(since.is_not(None) if held else since.is_(None))
    return list(await fresh.every(uow, statement.order_by(col(MeasureRow.id)).with_for_update(key_share=True)))


async def open_orders_with(uow: UnitOfWork, provider_id: UUID) -> list[tuple[MeasureRow, PlanRow]]:
    """Measures it is to deliver and has not, each with its plan."""
    statement = (
        select(MeasureRow, PlanRow)
        .join(PlanRow, col(PlanRow.id) == col(MeasureRow.plan_id))
        .where(col(MeasureRow.provider_id) == provider_id, col(MeasureRow.state).in_(OPEN))
        .order_by(col(MeasureRow.id))
    )
    return [(measure, plan) for measure, plan in (await uow.session.execute(statement)).all()]
