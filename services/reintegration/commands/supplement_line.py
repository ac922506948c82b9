"""A line that the programme bears beside the grant: the grant stays as it was decided, and holds what it should."""

from __future__ import annotations

from datetime import date

from services.reintegration.commands.tell_funds import tell_set_aside
from services.reintegration.domain.ledger import Move
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.tables import BudgetRow, LineRow
from shared.database.unit_of_work import UnitOfWork


async def supplement(
    uow: UnitOfWork, line: LineRow, budget: BudgetRow, amount_minor: int, *, code: str, rule: str, on: date
) -> LineRow:
    """As much beside a line as it lacks, set aside from its locked budget at once. Raises FundsInsufficient."""
    added = LineRow(
        case_id=line.case_id,
        reservation_id=line.reservation_id,
        budget_id=budget.id,
        person_ref=line.person_ref,
        phase=line.phase,
        code=code,
        rule=rule,
        currency=line.currency,
        amount_minor=amount_minor,
        available_minor=amount_minor,
        supplements_line_id=line.id,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(added)
    await uow.session.flush()
    book(uow, Move.RESERVE, amount_minor, budget=budget, line=added, on=on)
    tell_set_aside(uow, added, amount_minor)
    uow.record("line.supplemented", subject=line.id, amount_minor=amount_minor, code=code)
    return added
