"""Somebody joined after the decision: their lines are asked for on top of the grant, and the plan is for them too."""

from __future__ import annotations

from services.reintegration.commands import reserve_funds
from services.reintegration.commands.amend_plan import amend, keep_persons
from services.reintegration.contracts.consumed import CaseGrantExtendedSeen
from services.reintegration.persistence.plans import plan_of
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseGrantExtendedSeen, *, uow: UnitOfWork) -> None:
    """Whatever comes of the money, the plan counts who joined; hearing of it again changes nothing."""
    joined = await keep_persons(uow, seen.case_id, seen.persons)
    await reserve_funds.on_top(seen.case_id, seen.lines, on=seen.on, uow=uow)
    plan = await plan_of(uow, seen.case_id, lock=True)
    if plan is not None:
        amend(plan, by=joined, on=seen.on, uow=uow)
