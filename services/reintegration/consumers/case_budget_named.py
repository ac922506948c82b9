"""returns.case.budget-named: a refused grant is asked of the budget that an officer named."""

from __future__ import annotations

from services.reintegration.commands import reserve_funds
from services.reintegration.contracts.consumed import CaseBudgetNamedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_budget_named(seen: CaseBudgetNamedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.budget-named: a refused grant is asked of the budget that an officer named."""
    await reserve_funds.from_named(seen.case_id, seen.budget_id, on=seen.on, uow=uow)
