"""Open a budget with its appropriation; cases that were refused for want of money are asked again, oldest
first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.commands.reserve_funds import try_to_reserve
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.persistence import fresh
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.policies import funds_own_programmes
from services.reintegration.persistence.tables import BudgetProgrammeRow, BudgetRow, ReservationRow
from shared.auth.policies import require
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money

MOST_ASKED_AGAIN = 100


@dataclass(frozen=True, kw_only=True)
class OpenBudget:
    """What a grant gives for a component in a year, and for which programmes."""

    grant_code: str
    component: str
    year: int
    appropriation: Money
    programme_ids: frozenset[UUID]
    on: date | None = None


async def handle(command: OpenBudget, *, uow: UnitOfWork) -> BudgetRow:
    """Open it; every programme must be the actor's."""
    require(uow.actor, funds_own_programmes, command.programme_ids)
    on = day_of_fact(command.on, uow.now)
    budget = BudgetRow(
        grant_code=command.grant_code,
        component=command.component,
        year=command.year,
        currency=command.appropriation.currency,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(budget)
    await uow.session.flush()
    for programme_id in sorted(command.programme_ids):
        uow.session.add(BudgetProgrammeRow(budget_id=budget.id, programme_id=programme_id))
    book(uow, Move.APPROPRIATE, command.appropriation.amount_minor, budget=budget, on=on)
    await uow.session.flush()
    await _ask_again(budget, command.programme_ids, on=on, uow=uow)
    uow.record("budget.opened", subject=budget.id, appropriated_minor=command.appropriation.amount_minor)
    return budget


async def _ask_again(budget: BudgetRow, programme_ids: frozenset[UUID], *, on: date, uow: UnitOfWork) -> None:
    refused = (
        select(ReservationRow)
        .where(
            col(ReservationRow.state) == "refused",
            col(ReservationRow.programme_id).in_(programme_ids),
            col(ReservationRow.currency) == budget.currency,
        )
        .order_by(col(ReservationRow.id))
        .limit(MOST_ASKED_AGAIN)
    )
    for reservation in await fresh.every(uow, refused):
        case = await find_case(uow, reservation.case_id)
        if case is None or has_ended(case.standing) or reservation.approved_on.year != budget.year:
            continue
        await try_to_reserve(reservation, on=on, uow=uow, tell_refusal=False)
