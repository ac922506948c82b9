"""An officer names another budget for a grant whose money was refused; reintegration asks it, and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, fund
from services.returns.contracts.published_funding import CaseBudgetNamedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Funding
from services.returns.domain.transition import AFTER_DECISION
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class FundsNotRefused(Conflict):
    """Another budget is named when the money of a grant was refused and nobody is asked any more."""

    slug = "funds-not-refused"
    title = "The money of this grant has not been refused"


@dataclass(frozen=True, kw_only=True)
class NameBudget:
    """Which budget; whether it may fund the programme, reintegration knows."""

    case_id: UUID
    budget_id: UUID
    on: date | None = None


async def handle(command: NameBudget, *, uow: UnitOfWork) -> ReturnCaseRow:
    """The grant waits for the answer again. Raises NotFound, FundsNotRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    case, on = file.case, fact_day(uow, command.on)
    uow.match(case.version)
    if case.state not in AFTER_DECISION or case.funding != Funding.REFUSED.value:
        raise FundsNotRefused
    case.named_budget_id = command.budget_id
    fund(file, Funding.AWAITED, on=on)
    touch(case, now=uow.now)
    uow.publish(CaseBudgetNamedV1(case_id=case.id, on=on, budget_id=command.budget_id))
    remember(uow, case, "budget-named", before=case.state, on=on)
    return case
