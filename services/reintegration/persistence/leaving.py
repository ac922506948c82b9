"""What hangs on people who leave a plan: their measures, the lines in use, and grants that were on their way."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from services.reintegration.domain.leaving_plan import IN_USE
from services.reintegration.domain.measure import MeasureState
from services.reintegration.domain.payment import PAYMENT, PayeeKind
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow
from services.reintegration.persistence.tables import LineRow
from shared.database.unit_of_work import UnitOfWork


async def lock_personal_measures(uow: UnitOfWork, plan_id: UUID, refs: Collection[str]) -> list[MeasureRow]:
    """Measures that are for these persons alone; after their money, as everywhere."""
    where = (col(MeasureRow.plan_id) == plan_id, col(MeasureRow.person_ref).in_(refs))
    statement = select(MeasureRow).where(*where).order_by(col(MeasureRow.id))
    return list(await fresh.every(uow, statement.with_for_update(key_share=True)))


async def lines_in_use(uow: UnitOfWork, case_id: UUID) -> frozenset[UUID]:
    """Lines that pay for a measure somebody is at work for: they are owed, whatever becomes of the plan. What was only
    under way for somebody who died is not."""
    dead = {person.person_ref for person in await persons_of(uow, case_id) if person.left_plan_reason == "deceased"}
    where = (
        col(MeasureRow.case_id) == case_id,
        col(MeasureRow.state).in_(IN_USE),
        col(MeasureRow.line_id).is_not(None),
    )
    owed = col(MeasureRow.state) == MeasureState.DELIVERED.value
    alive = or_(col(MeasureRow.person_ref).is_(None), col(MeasureRow.person_ref).not_in(dead))
    found = await fresh.every(uow, select(MeasureRow).where(*where, or_(owed, alive)))
    return frozenset(measure.line_id for measure in found if measure.line_id is not None)


async def pending_grants_of(uow: UnitOfWork, line: LineRow) -> list[PaymentRow]:
    """Grants of a locked line that are not with the bank yet."""
    statement = select(PaymentRow).where(
        col(PaymentRow.line_id) == line.id,
        col(PaymentRow.payee_kind) == PayeeKind.BENEFICIARY.value,
        col(PaymentRow.state).in_(PAYMENT["cancel"].sources),
    )
    return list(await fresh.every(uow, statement.order_by(col(PaymentRow.id)).with_for_update(key_share=True)))
