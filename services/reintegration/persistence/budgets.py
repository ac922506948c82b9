"""Budgets and the ledger. Locks are always taken in this order: budget, line, payment, plan."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.ledger import MOVES, Balances, Move, moved
from services.reintegration.persistence import fresh
from services.reintegration.persistence.tables import BudgetProgrammeRow, BudgetRow, LineRow, TransferRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


class HoldsMoney(Protocol):
    """A row with the four accounts that are never below zero."""

    available_minor: int
    reserved_minor: int
    committed_minor: int
    paid_minor: int


async def find_budget(uow: UnitOfWork, budget_id: UUID, *, lock: bool = False) -> BudgetRow:
    """A budget as it is now; raises NotFound."""
    statement = select(BudgetRow).where(col(BudgetRow.id) == budget_id)
    row = await fresh.one(uow, statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    return row


async def lock_budgets_of(uow: UnitOfWork, case_id: UUID) -> dict[UUID, BudgetRow]:
    """Every budget that the lines of a case draw on, locked; a grant taken up again may come from another one."""
    drawn_on = select(col(LineRow.budget_id)).where(col(LineRow.case_id) == case_id)
    statement = select(BudgetRow).where(col(BudgetRow.id).in_(drawn_on)).order_by(col(BudgetRow.id))
    return {row.id: row for row in await fresh.every(uow, statement.with_for_update(key_share=True))}


async def programmes_of(uow: UnitOfWork, budget_id: UUID) -> frozenset[UUID]:
    """The programmes a budget funds."""
    statement = select(BudgetProgrammeRow).where(col(BudgetProgrammeRow.budget_id) == budget_id)
    return frozenset(row.programme_id for row in await fresh.every(uow, statement))


async def lock_candidates(uow: UnitOfWork, *, programme_id: UUID, year: int, currency: str) -> list[BudgetRow]:
    """The budgets that may fund this programme in this year, oldest first, locked."""
    funding = select(col(BudgetProgrammeRow.budget_id)).where(col(BudgetProgrammeRow.programme_id) == programme_id)
    statement = (
        select(BudgetRow)
        .where(col(BudgetRow.id).in_(funding), col(BudgetRow.year) == year, col(BudgetRow.currency) == currency)
        .order_by(col(BudgetRow.id))
        .with_for_update(key_share=True)
    )
    return list(await fresh.every(uow, statement))


async def lock_named(uow: UnitOfWork, budget_id: UUID, *, programme_id: UUID, currency: str) -> list[BudgetRow]:
    """This budget, of any year, locked; none when it does not fund the programme in this currency."""
    funding = select(col(BudgetProgrammeRow.budget_id)).where(col(BudgetProgrammeRow.programme_id) == programme_id)
    found = (col(BudgetRow.id) == budget_id, col(BudgetRow.id).in_(funding), col(BudgetRow.currency) == currency)
    return list(await fresh.every(uow, select(BudgetRow).where(*found).with_for_update(key_share=True)))


def book(
    uow: UnitOfWork,
    move: Move,
    amount_minor: int,
    *,
    budget: BudgetRow,
    on: date,
    line: LineRow | None = None,
    payment_id: UUID | None = None,
) -> None:
    """One movement on the locked budget and, in small, on the locked line; nothing for nothing."""
    if amount_minor == 0:
        return
    source, target = MOVES[move]
    if move is Move.APPROPRIATE:
        budget.appropriated_minor += amount_minor
        budget.available_minor += amount_minor
    else:
        _apply(budget, move, amount_minor)
    touch(budget, now=uow.now)
    if line is not None:
        _apply(line, move, amount_minor)
        touch(line, now=uow.now)
    uow.session.add(
        TransferRow(
            budget_id=budget.id,
            currency=budget.currency,
            move=move.value,
            from_account=source.value,
            to_account=target.value,
            amount_minor=amount_minor,
            case_id=line.case_id if line else None,
            line_id=line.id if line else None,
            payment_id=payment_id,
            booked_on=on,
            recorded_at=uow.now,
        )
    )


def _apply(row: HoldsMoney, move: Move, amount_minor: int) -> None:
    after = moved(
        Balances(
            available=row.available_minor,
            reserved=row.reserved_minor,
            committed=row.committed_minor,
            paid=row.paid_minor,
        ),
        move,
        amount_minor,
    )
    row.available_minor, row.reserved_minor = after.available, after.reserved
    row.committed_minor, row.paid_minor = after.committed, after.paid
