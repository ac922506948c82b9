"""returns.case.approved: open the file and set aside exactly the frozen lines, in one unit of work."""

from __future__ import annotations

from services.reintegration.commands import open_plan, record_case, reserve_funds
from services.reintegration.contracts.consumed import CaseApprovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_approved(seen: CaseApprovedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.approved: open the file and set aside exactly the frozen lines, in one unit of work."""
    await record_case.approved(seen, uow=uow)
    await open_plan.handle(open_plan.OpenPlan(case_id=seen.case_id, persons_count=len(seen.persons)), uow=uow)
    await reserve_funds.handle(
        reserve_funds.ReserveFunds(
            case_id=seen.case_id,
            programme_id=seen.programme_id,
            on=seen.on,
            rule_version=str(seen.rule_version),
            currency=seen.total.currency,
            lines=seen.lines,
        ),
        uow=uow,
    )
