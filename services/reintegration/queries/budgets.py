"""Budgets, their ledger, and the trial balance."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, literal, union_all
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.reintegration.domain.ledger import Account
from services.reintegration.persistence import fresh
from services.reintegration.persistence.budgets import find_budget, programmes_of
from services.reintegration.persistence.policies import funds_one_of_mine
from services.reintegration.persistence.tables import BudgetProgrammeRow, BudgetRow, TransferRow
from services.reintegration.queries.scope import identifiers
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


@dataclass(frozen=True)
class AccountBalance:
    """The sum of all entries of one account, beside what the budgets say it is."""

    currency: str
    account: str
    entries_minor: int
    budgets_minor: int


async def budget_in_scope(uow: UnitOfWork, budget_id: UUID) -> tuple[BudgetRow, frozenset[UUID]]:
    """A budget of one of the actor's programmes."""
    budget = await find_budget(uow, budget_id)
    programmes = await programmes_of(uow, budget_id)
    require(uow.actor, funds_one_of_mine, programmes)
    return budget, programmes


async def list_budgets(uow: UnitOfWork, page: PageRequest, *, year: int | None) -> tuple[list[BudgetRow], str | None]:
    """Budgets of the actor's programmes."""
    statement = select(BudgetRow).where(col(BudgetRow.id).in_(_mine(uow.actor)))
    if year is not None:
        statement = statement.where(col(BudgetRow.year) == year)
    return await keyset(uow.session, statement, page, col(BudgetRow.id))


async def programmes_by_budget(uow: UnitOfWork, budget_ids: list[UUID]) -> dict[UUID, list[UUID]]:
    """Which programmes each budget funds."""
    statement = select(BudgetProgrammeRow).where(col(BudgetProgrammeRow.budget_id).in_(budget_ids))
    found: dict[UUID, list[UUID]] = {budget_id: [] for budget_id in budget_ids}
    for row in await fresh.every(uow, statement):
        found[row.budget_id].append(row.programme_id)
    return found


async def ledger(uow: UnitOfWork, budget_id: UUID, page: PageRequest) -> tuple[list[TransferRow], str | None]:
    """The movements of a budget, oldest first."""
    await budget_in_scope(uow, budget_id)
    statement = select(TransferRow).where(col(TransferRow.budget_id) == budget_id)
    return await keyset(uow.session, statement, page, col(TransferRow.id))


async def trial_balance(uow: UnitOfWork) -> list[AccountBalance]:
    """Every account of the actor's budgets: entries summed up, and the balances kept."""
    mine = _mine(uow.actor)
    kept = await _kept(uow, mine)
    taken = select(col(TransferRow.currency), col(TransferRow.from_account), -col(TransferRow.amount_minor))
    given = select(col(TransferRow.currency), col(TransferRow.to_account), col(TransferRow.amount_minor))
    entries = union_all(
        taken.where(col(TransferRow.budget_id).in_(mine)), given.where(col(TransferRow.budget_id).in_(mine))
    ).subquery("entries")
    currency, account, amount = list(entries.c)
    rows = await uow.session.execute(
        select(currency, account, func.sum(amount)).group_by(currency, account).order_by(currency, account)
    )
    return [AccountBalance(name, which, int(total), kept.get((name, which), 0)) for name, which, total in rows.all()]


async def _kept(uow: UnitOfWork, mine: SelectOfScalar[UUID]) -> dict[tuple[str, str], int]:
    columns = {
        Account.APPROPRIATION.value: -col(BudgetRow.appropriated_minor),
        Account.AVAILABLE.value: col(BudgetRow.available_minor),
        Account.RESERVED.value: col(BudgetRow.reserved_minor),
        Account.COMMITTED.value: col(BudgetRow.committed_minor),
        Account.PAID.value: col(BudgetRow.paid_minor),
    }
    parts = [
        select(col(BudgetRow.currency), literal(name), func.sum(column))
        .where(col(BudgetRow.id).in_(mine))
        .group_by(col(BudgetRow.currency))
        for name, column in columns.items()
    ]
    rows = await uow.session.execute(union_all(*parts))
    return {(currency, name): int(total) for currency, name, total in rows.all()}


def _mine(actor: Principal) -> SelectOfScalar[UUID]:
    return select(col(BudgetProgrammeRow.budget_id)).where(
        col(BudgetProgrammeRow.programme_id).in_(identifiers(actor.programmes))
    )
