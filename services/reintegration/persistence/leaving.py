"""What hangs on people who leave a plan: their measures, the lines in use, and grants that were on their way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from services.reintegration.domain.leaving_plan import IN_USE
from services.reintegration.domain.measure import MeasureState
from services.reintegration.domain.payment import PAYMENT, PayeeKind, PaymentState
from services.reintegration.persistence import fresh
from services.reintegration.persistence.budgets import lock_budgets_of
from services.reintegration.persistence.cases import persons_of
from services.reintegration.persistence.lines import lock_lines
from services.reintegration.persistence.support_tables import MeasureRow, PaymentRow
from services.reintegration.persistence.tables import LineRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class MoneyStanding:
    """What is given back of each line, and how each grant stands: its state and since when it must come back."""

    lines: dict[str, tuple[int, date | None]]
    grants: dict[str, tuple[str, date | None]]

    def stopped_since(self, before: MoneyStanding) -> tuple[dict[str, int], list[str], list[str]]:
        """Lines that were given back since, with how much; grants that were cancelled; and those asked back."""
        lines = {key: now[0] - before.lines[key][0] for key, now in self.lines.items() if now != before.lines[key]}
        changed = {key: now for key, now in self.grants.items() if now != before.grants[key]}
        stopped = [key for key, (state, _) in changed.items() if state != before.grants[key][0]]
        return lines, stopped, [key for key in changed if key not in stopped]


async def money_standing(uow: UnitOfWork, case_id: UUID) -> MoneyStanding:
    """How the money of a case stands, its budgets and lines locked, so that nothing else moves it meanwhile."""
    await lock_budgets_of(uow, case_id)
    lines = await lock_lines(uow, case_id)
    where = (col(PaymentRow.case_id) == case_id, col(PaymentRow.payee_kind) == PayeeKind.BENEFICIARY.value)
    grants = await fresh.every(uow, select(PaymentRow).where(*where))
    return MoneyStanding(
        lines={str(line.id): (line.available_minor, line.released_on) for line in lines},
        grants={str(grant.id): (grant.state, grant.return_due_since) for grant in grants},
    )


async def lock_payments(uow: UnitOfWork, ids: Collection[str]) -> list[PaymentRow]:
    """Payments of locked lines."""
    wanted = col(PaymentRow.id).in_([UUID(each) for each in ids])
    statement = select(PaymentRow).where(wanted).order_by(col(PaymentRow.id))
    return list(await fresh.every(uow, statement.with_for_update(key_share=True)))


async def evidence_in_use(uow: UnitOfWork, payment: PaymentRow) -> bool:
    """Whether another payment for the same evidence took the place of this one."""
    over = (PaymentState.FAILED.value, PaymentState.CANCELLED.value, PaymentState.REVERSED.value)
    where = (col(PaymentRow.line_id) == payment.line_id, col(PaymentRow.evidence_ref) == payment.evidence_ref)
    statement = select(PaymentRow).where(*where, col(PaymentRow.state).not_in(over), col(PaymentRow.id) != payment.id)
    return await fresh.one(uow, statement.limit(1)) is not None


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
